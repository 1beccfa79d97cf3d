import { createHash, X509Certificate } from 'node:crypto';
import { Context } from 'fabric-contract-api';
import { timestampFromSeconds } from '../core/index.js';
import type { Recorder } from '../core/index.js';
import { LedgerState } from './state/ledger-state.js';

/** The transaction that writes: its time in the sortable form, its creator, its id. */
export interface Stamp {
  recorded_at: string;
  recorded_by: Recorder;
  tx_id: string;
}

/** A transaction as the audit contract sees it: the state, and who and when, from the signed proposal alone. */
export class AuditContext extends Context {
  #state: LedgerState | undefined;

  get state(): LedgerState {
    this.#state ??= new LedgerState(this.stub);
    return this.#state;
  }

  get mspId(): string {
    return this.clientIdentity.getMSPID();
  }

  /** The creator of the transaction; the digest is over the certificate's DER. */
  get recorder(): Recorder {
    return { msp_id: this.mspId, certificate_sha256: certificateDigest(this.stub.getCreator().idBytes) };
  }

  /** The transaction's timestamp in the sortable form: the client's clock, which peers hold to 15 minutes of theirs. */
  get recordedAt(): string {
    const { seconds, nanos } = this.stub.getTxTimestamp();
    return timestampFromSeconds(Number(seconds), nanos);
  }

  /** What a document says of the transaction that writes it. */
  get stamp(): Stamp {
    return { recorded_at: this.recordedAt, recorded_by: this.recorder, tx_id: this.stub.getTxID() };
  }
}

const CACHED_DIGESTS = 256;
const digests = new Map<string, string>();

/** SHA-256 over the DER of a PEM certificate. The same few clients come again and again, and parsing costs most. */
function certificateDigest(pem: Uint8Array): string {
  const text = Buffer.from(pem).toString('latin1');
  const known = digests.get(text);
  if (known !== undefined) return known;
  const digest = createHash('sha256').update(new X509Certificate(pem).raw).digest('hex');
  if (digests.size >= CACHED_DIGESTS) digests.clear();
  digests.set(text, digest);
  return digest;
}

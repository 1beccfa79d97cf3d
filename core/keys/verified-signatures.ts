import { sha256Hex } from '../sha256.js';

/** That the key of a certificate signed a message. */
export interface SignatureClaim {
  /** Hash of the certificate. */
  fingerprint: string;
  /** What was signed, in parts that follow one another. */
  message: readonly Uint8Array[];
  signature: Uint8Array;
}

const CAPACITY = 4096;
/** To hash a larger message takes about as long as to verify its signature. */
const LARGEST_MESSAGE_BYTES = 65_536;

/**
 * Signatures that were found valid, so that who meets one again need not compute it again: a transaction's are looked at
 * when it is endorsed, ordered, committed and witnessed, and a computation takes as long as thirty hashes.
 *
 * The computation alone is spared: whose the certificate is, who issued it and what it is good for is for the caller to
 * ask every time. What is remembered is a digest over certificate, signature and message; any other of the three is
 * another entry, and what was not valid is never one. Nothing of it outlives the process.
 */
export class VerifiedSignatures {
  #recent = new Set<string>();
  #older = new Set<string>();

  constructor(readonly capacity = CAPACITY) {}

  /** @param verify computes it where it is not remembered. */
  isValid(claim: SignatureClaim, verify: () => boolean): boolean {
    const digest = digestOf(claim);
    if (digest !== undefined && (this.#recent.has(digest) || this.#older.has(digest))) return true;
    const valid = verify();
    if (valid && digest !== undefined) this.#remember(digest);
    return valid;
  }

  /** Only for what the caller has just signed itself, with the private key of this very certificate. */
  add(claim: SignatureClaim): void {
    const digest = digestOf(claim);
    if (digest !== undefined) this.#remember(digest);
  }

  /** In two generations, so that forgetting costs nothing. */
  #remember(digest: string): void {
    if (this.#recent.size >= this.capacity / 2) {
      this.#older = this.#recent;
      this.#recent = new Set();
    }
    this.#recent.add(digest);
  }
}

/** The lengths of what stands before the message are said, so that no two claims are one text. */
function digestOf({ fingerprint, message, signature }: SignatureClaim): string | undefined {
  const bytes = message.reduce((sum, part) => sum + part.length, 0);
  if (bytes > LARGEST_MESSAGE_BYTES) return undefined;
  return sha256Hex(`${fingerprint.length} ${fingerprint} ${signature.length} `, signature, ...message);
}

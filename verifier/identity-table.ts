import type { Evidence } from '../core/index.js';
import { check } from './faults.js';
import { readSigner } from './identity.js';
import type { Signer } from './identity.js';
import type { Trust } from './trust.js';
import { writeIdentity } from './wire/write.js';

interface Entry {
  identity: Evidence['identities'][number];
  /** SerializedIdentity. */
  bytes: Uint8Array;
  isUsed: boolean;
  signer?: Signer;
}

/** The file's `identities`: each once, in the order of their bytes, and none in vain. */
export class IdentityTable {
  readonly #entries: Entry[];
  readonly #trust: Trust;

  /** @throws {EvidenceFault} OUT_OF_ORDER */
  constructor({ identities }: Pick<Evidence, 'identities'>, trust: Trust) {
    this.#entries = identities.map((identity) => ({ identity, bytes: writeIdentity(identity), isUsed: false }));
    this.#trust = trust;
    this.#entries.forEach(({ bytes }, index) => {
      const previous = this.#entries[index - 1]?.bytes;
      const isBehind = previous === undefined || compareBytes(previous, bytes) < 0;
      check(isBehind, 'OUT_OF_ORDER', `/identities/${index}`, 'identities ascend, byte by byte');
    });
  }

  /**
   * SerializedIdentity.
   * @param at pointer of what names the identity.
   * @throws {EvidenceFault} UNKNOWN_IDENTITY
   */
  bytesOf(index: number, at: string): Uint8Array {
    return this.#use(index, at).bytes;
  }

  /** The identity as that of a peer, checked with the user's authorities. @throws {EvidenceFault} */
  signerAt(index: number, at: string): Signer {
    const entry = this.#use(index, at);
    entry.signer ??= readSigner(entry.identity, entry.bytes, this.#trust, `/identities/${index}`);
    return entry.signer;
  }

  /** @throws {EvidenceFault} UNUSED_IDENTITY */
  checkAllUsed(): void {
    const unused = this.#entries.findIndex(({ isUsed }) => !isUsed);
    check(unused < 0, 'UNUSED_IDENTITY', `/identities/${unused}`, 'nobody here has asked or signed with it');
  }

  #use(index: number, at: string): Entry {
    const entry = this.#entries[index];
    check(entry !== undefined, 'UNKNOWN_IDENTITY', at, `there is no identity ${index}`);
    entry.isUsed = true;
    return entry;
  }
}

function compareBytes(one: Uint8Array, other: Uint8Array): number {
  const index = one.findIndex((byte, position) => byte !== other[position]);
  return index < 0 ? one.length - other.length : (one[index] ?? 0) - (other[index] ?? -1);
}

import type { Evidence } from '../core/index.js';
import { check } from './faults.js';
import { readSigner } from './identity.js';
import type { Signer } from './identity.js';
import type { Trust } from './trust.js';
import { writeIdentity } from './wire/write.js';

/** The file's `identities`: each once, in the order of their bytes, and none in vain. */
export class IdentityTable {
  readonly #identities: Evidence['identities'];
  readonly #bytes: Uint8Array[];
  readonly #trust: Trust;
  readonly #signers = new Map<number, Signer>();
  readonly #used = new Set<number>();

  /** @throws {EvidenceFault} OUT_OF_ORDER */
  constructor({ identities }: Evidence, trust: Trust) {
    this.#identities = identities;
    this.#bytes = identities.map(writeIdentity);
    this.#trust = trust;
    this.#bytes.forEach((bytes, index) => {
      const previous = this.#bytes[index - 1];
      const isBehind = previous === undefined || compareBytes(previous, bytes) < 0;
      check(isBehind, 'OUT_OF_ORDER', `/identities/${index}`, 'identities ascend, byte by byte');
    });
  }

  /** SerializedIdentity. @throws {EvidenceFault} UNKNOWN_IDENTITY */
  bytesOf(index: number, at: string): Uint8Array {
    const bytes = this.#bytes[index];
    check(bytes !== undefined, 'UNKNOWN_IDENTITY', at, `there is no identity ${index}`);
    this.#used.add(index);
    return bytes;
  }

  /** The identity as that of a peer, checked with the user's authorities. @throws {EvidenceFault} */
  signerAt(index: number, at: string): Signer {
    const bytes = this.bytesOf(index, at);
    const known = this.#signers.get(index);
    const identity = this.#identities[index];
    check(identity !== undefined, 'UNKNOWN_IDENTITY', at, `there is no identity ${index}`);
    const signer = known ?? readSigner(identity, bytes, this.#trust, `/identities/${index}`);
    this.#signers.set(index, signer);
    return signer;
  }

  /** @throws {EvidenceFault} UNUSED_IDENTITY */
  checkAllUsed(): void {
    const unused = this.#bytes.findIndex((_, index) => !this.#used.has(index));
    check(unused < 0, 'UNUSED_IDENTITY', `/identities/${unused}`, 'nobody here has asked or signed with it');
  }
}

function compareBytes(one: Uint8Array, other: Uint8Array): number {
  const index = one.findIndex((byte, position) => byte !== other[position]);
  return index < 0 ? one.length - other.length : (one[index] ?? 0) - (other[index] ?? -1);
}

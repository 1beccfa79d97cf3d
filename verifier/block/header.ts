import { sha256 } from '@noble/hashes/sha2.js';
import { concatBytes } from '@noble/hashes/utils.js';

export interface BlockHeader {
  number: number;
  previousHash: Uint8Array;
  dataHash: Uint8Array;
}

/** The ASN.1 DER of a block's header: what its hash and its orderers' signatures are over. */
export function writeHeader({ number, previousHash, dataHash }: BlockHeader): Uint8Array {
  const body = concatBytes(der(0x02, integer(number)), der(0x04, previousHash), der(0x04, dataHash));
  return der(0x30, body);
}

export function hashHeader(header: BlockHeader): Uint8Array {
  return sha256(writeHeader(header));
}

/** A flat hash over a block's envelopes: to show one of them, all have to be shown. */
export function hashData(envelopes: readonly Uint8Array[]): Uint8Array {
  return sha256(concatBytes(...envelopes));
}

/** Big-endian and as short as can be; a leading zero keeps it positive. */
function integer(value: number): Uint8Array {
  const hex = value.toString(16);
  const even = hex.length % 2 === 0 ? hex : `0${hex}`;
  const bytes = Uint8Array.from(even.match(/../g) ?? [], (pair) => parseInt(pair, 16));
  return (bytes[0] ?? 0) & 0x80 ? concatBytes(Uint8Array.of(0), bytes) : bytes;
}

/** A header's fields are below 128 bytes each, and so are all of them together: DER's short form of a length. */
function der(tag: number, content: Uint8Array): Uint8Array {
  return concatBytes(Uint8Array.of(tag, content.length), content);
}

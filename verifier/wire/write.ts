import { concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';

/** Fabric's SerializedIdentity: what an endorsement covers behind the answer. */
export function writeIdentity(identity: { msp_id: string; certificate: string }): Uint8Array {
  return concatBytes(field(1, utf8ToBytes(identity.msp_id)), field(2, utf8ToBytes(identity.certificate)));
}

/** Fabric's SignatureHeader: who asked, by which nonce. */
export function writeSignatureHeader(creator: Uint8Array, nonce: Uint8Array): Uint8Array {
  return concatBytes(field(1, creator), field(2, nonce));
}

/** A field of bytes as protocol buffers write it: tag, length, content. */
function field(number: number, content: Uint8Array): Uint8Array {
  return concatBytes(Uint8Array.of((number << 3) | 2, ...varint(content.length)), content);
}

function varint(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varint(value >> 7)];
}

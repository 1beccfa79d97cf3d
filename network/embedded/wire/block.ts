import { common } from '@hyperledger/fabric-protos';
import { sha256 } from './sha256.js';

export interface BlockHeader {
  number: bigint;
  previousHash: Uint8Array;
  dataHash: Uint8Array;
}

/** The ASN.1 DER form that a block's hash and its orderer's signature are over. */
export function headerBytes({ number, previousHash, dataHash }: BlockHeader): Buffer {
  const hex = number.toString(16);
  let integer = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
  if ((integer[0] ?? 0) & 0x80) integer = Buffer.concat([Buffer.from([0]), integer]);
  const body = Buffer.concat([der(0x02, integer), der(0x04, previousHash), der(0x04, dataHash)]);
  return der(0x30, body);
}

export function headerHash(header: BlockHeader): Buffer {
  return sha256(headerBytes(header));
}

export function blockDataHash(envelopes: readonly Uint8Array[]): Buffer {
  return sha256(...envelopes);
}

export function blockEnvelopes(block: Uint8Array): Uint8Array[] {
  return common.Block.deserializeBinary(block).getData()?.getDataList_asU8() ?? [];
}

/** Lengths of a header's fields stay below 128, so the short form of DER's length suffices. */
function der(tag: number, content: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from([tag, content.length]), content]);
}

import { randomBytes } from 'node:crypto';
import { common } from '@hyperledger/fabric-protos';
import { MetadataIndex, serializeBlock } from '../ledger/block-serialization.js';
import type { Signer } from '../msp/signer.js';
import { blockDataHash, headerBytes, type BlockHeader } from './block.js';

/** A block, serialized; signed but for a genesis block. The peer's own metadata entries are empty. */
export function newBlock(
  number: bigint,
  previousHash: Uint8Array,
  envelopes: Uint8Array[],
  signer?: Signer,
): Uint8Array {
  const dataHash = blockDataHash(envelopes);
  const metadata: Uint8Array[] = Array.from({ length: MetadataIndex.COUNT }, () => new Uint8Array());
  if (signer) metadata[MetadataIndex.SIGNATURES] = blockSignature({ number, previousHash, dataHash }, signer);
  return serializeBlock({ number: Number(number), previousHash, dataHash, envelopes, metadata });
}

/** The SIGNATURES entry: a value, and signatures over value ‖ signature header ‖ the block header's DER. */
function blockSignature(header: BlockHeader, signer: Signer): Uint8Array {
  const lastConfig = new common.LastConfig();
  lastConfig.setIndex(0);
  const ordererMetadata = new common.OrdererBlockMetadata();
  ordererMetadata.setLastConfig(lastConfig);
  const value = ordererMetadata.serializeBinary();
  const signatureHeader = new common.SignatureHeader();
  signatureHeader.setCreator(signer.creator);
  signatureHeader.setNonce(randomBytes(24));
  const signature = new common.MetadataSignature();
  signature.setSignatureHeader(signatureHeader.serializeBinary());
  signature.setSignature(signer.sign(Buffer.concat([value, signature.getSignatureHeader_asU8(), headerBytes(header)])));
  const metadata = new common.Metadata();
  metadata.setValue(value);
  metadata.setSignaturesList([signature]);
  return metadata.serializeBinary();
}

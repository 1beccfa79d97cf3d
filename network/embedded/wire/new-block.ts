import { randomBytes } from 'node:crypto';
import { common } from '@hyperledger/fabric-protos';
import { MetadataIndex } from '../ledger/block-serialization.js';
import type { BlockParts } from '../ledger/types.js';
import type { Signer } from '../msp/signer.js';
import { blockDataHash, headerBytes, type BlockHeader } from './block.js';

/** A block, signed but for a genesis block. The peer's own metadata entries are empty. */
export function newBlock(
  number: bigint,
  previousHash: Uint8Array,
  envelopes: Uint8Array[],
  signer?: Signer,
): BlockParts {
  const dataHash = blockDataHash(envelopes);
  const metadata: Uint8Array[] = Array.from({ length: MetadataIndex.COUNT }, () => new Uint8Array());
  metadata[MetadataIndex.SIGNATURES] = signatures({ number, previousHash, dataHash }, signer);
  return { number: Number(number), previousHash, dataHash, envelopes, metadata };
}

/** The SIGNATURES entry: a value, and signatures over value ‖ signature header ‖ the block header's DER. */
function signatures(header: BlockHeader, signer?: Signer): Uint8Array {
  const ordererMetadata = new common.OrdererBlockMetadata();
  ordererMetadata.setLastConfig(lastConfig());
  if (signer) ordererMetadata.setConsenterMetadata(new common.Metadata().serializeBinary());
  const value = ordererMetadata.serializeBinary();
  const metadata = new common.Metadata();
  metadata.setValue(value);
  if (signer) metadata.setSignaturesList([signatureOver(value, header, signer)]);
  return metadata.serializeBinary();
}

function signatureOver(value: Uint8Array, header: BlockHeader, signer: Signer): common.MetadataSignature {
  const signatureHeader = new common.SignatureHeader();
  signatureHeader.setCreator(signer.creator);
  signatureHeader.setNonce(randomBytes(24));
  const signature = new common.MetadataSignature();
  signature.setSignatureHeader(signatureHeader.serializeBinary());
  signature.setSignature(signer.sign(value, signature.getSignatureHeader_asU8(), headerBytes(header)));
  return signature;
}

/** The configuration never changes: the genesis block is the last that holds one. */
function lastConfig(): common.LastConfig {
  const message = new common.LastConfig();
  message.setIndex(0);
  return message;
}

import { common } from '@hyperledger/fabric-protos';
import { writeHeader } from '../../verifier/index.js';
import type { DeliveredBlock } from '../ledger/audit-ledger.js';
import type { Members } from '../fabric/members.js';

const ORDERER_UNIT = 'orderer';
/** Place of the orderers' signatures in a block's metadata. */
const { SIGNATURES } = common.BlockMetadataIndex;

/** Whether an orderer of an organization with a configured root signed the block, as Raft's orderers do. */
export function isSignedByOrderer(block: DeliveredBlock, orderers: Members): boolean {
  try {
    const metadata = common.Metadata.deserializeBinary(block.metadata[SIGNATURES] ?? new Uint8Array());
    const header = writeHeader(block);
    return metadata.getSignaturesList().some((entry) => {
      const signatureHeader = entry.getSignatureHeader_asU8();
      const orderer = orderers.identify(common.SignatureHeader.deserializeBinary(signatureHeader).getCreator_asU8());
      const signed = [metadata.getValue_asU8(), signatureHeader, header];
      return (
        orderer?.units.includes(ORDERER_UNIT) === true &&
        orderers.isSignedBy(orderer, signed, entry.getSignature_asU8())
      );
    });
  } catch {
    return false; // malformed metadata are nobody's signature
  }
}

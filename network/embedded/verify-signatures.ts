import { common } from '@hyperledger/fabric-protos';
import { MetadataIndex } from './ledger/block-serialization.js';
import type { BlockParts } from './ledger/types.js';
import type { BlockUnderTest } from './ledger/verify.js';
import { ValidationCode } from './ledger/types.js';
import { validateTransaction, type ValidationRules } from './committer/validate-transaction.js';
import type { ChannelMembership } from './msp/membership.js';
import { headerBytes } from './wire/block.js';
import { ReceivedEnvelope } from './wire/received-envelope.js';

export interface SignatureRules extends ValidationRules {
  ordererMspId: string;
}

/** Codes that a transaction can end with whose form, signatures and policies were found in order. */
const AFTER_SIGNATURES: ReadonlySet<ValidationCode> = new Set<ValidationCode>([
  ValidationCode.VALID,
  ValidationCode.DUPLICATE_TXID,
  ValidationCode.MVCC_READ_CONFLICT,
  ValidationCode.PHANTOM_READ_CONFLICT,
]);

/**
 * What does not hold in a block's signatures: the orderer's, the creators', the endorsers' against the policies; each
 * transaction's flag is compared with the verdict.
 */
export function verifyBlockSignatures(block: BlockUnderTest, rules: SignatureRules): string[] {
  const findings: string[] = [];
  if (!isSignedByOrderer(block, rules)) findings.push('it is not signed by an orderer');
  for (const [txNum, envelope] of block.envelopes.entries()) {
    const stored = block.codes[txNum];
    const { code } = validateTransaction(new ReceivedEnvelope(envelope), rules);
    const agrees =
      stored !== undefined && (code === ValidationCode.VALID ? AFTER_SIGNATURES.has(stored) : code === stored);
    if (!agrees) findings.push(`transaction ${txNum} has flag ${stored}, its signatures and policies say ${code}`);
  }
  return findings;
}

function isSignedByOrderer(block: BlockParts, { membership, ordererMspId }: SignatureRules): boolean {
  try {
    const metadata = common.Metadata.deserializeBinary(block.metadata[MetadataIndex.SIGNATURES] ?? new Uint8Array());
    const header = headerBytes({ ...block, number: BigInt(block.number) });
    return metadata.getSignaturesList().some((signature) => {
      const signatureHeader = signature.getSignatureHeader_asU8();
      const signed = Buffer.concat([metadata.getValue_asU8(), signatureHeader, header]);
      return isOrderer(membership, ordererMspId, { signatureHeader, signed, signature: signature.getSignature_asU8() });
    });
  } catch {
    return false;
  }
}

function isOrderer(
  membership: ChannelMembership,
  ordererMspId: string,
  { signatureHeader, signed, signature }: { signatureHeader: Uint8Array; signed: Uint8Array; signature: Uint8Array },
): boolean {
  const creator = common.SignatureHeader.deserializeBinary(signatureHeader).getCreator_asU8();
  const { mspId, nodeOu } = membership.verify(creator, [signed], signature);
  return mspId === ordererMspId && nodeOu === 'orderer';
}

import { createHash } from 'node:crypto';
import { common, ledger, peer } from '@hyperledger/fabric-protos';
import { TRANSACTIONS } from '../../core/index.js';
import type { Member, Members } from '../fabric/members.js';
import type { DeliveredBlock } from '../ledger/audit-ledger.js';
import { isSignedByOrderer } from './check-orderers.js';
import { checkRecords } from './check-records.js';
import { isEndorsed, policyWritten } from './endorsement-policy.js';
import type { EndorsementPolicies } from './endorsement-policies.js';
import { faultOf, signatoriesOf } from './check-signatures.js';
import type { Finding } from './finding.js';
import { readTransaction, readWrites } from './read-transaction.js';
import type { BlockTransaction, KeyWrite } from './read-transaction.js';
import type { SessionHeads } from './session-heads.js';

export interface BlockRules {
  channel: string;
  chaincode: string;
  members: Members;
  /** Of the ordering organizations; without them nobody can say who signed a block. */
  orderers: Members | undefined;
  heads: SessionHeads;
  policies: EndorsementPolicies;
}

export interface CheckedBlock {
  findings: Finding[];
  /** Whether it holds anything besides attestations of blocks. */
  hasSubstance: boolean;
}

const { VALID, BAD_CREATOR_SIGNATURE } = peer.TxValidationCode;
const { TRANSACTIONS_FILTER } = common.BlockMetadataIndex;

/**
 * What does not hold in a block by itself. Whether it continues the one before is its reader's to see; MVCC conflicts and
 * configurations are not replayed (docs/checkpoints.md).
 */
export async function checkBlock(block: DeliveredBlock, rules: BlockRules): Promise<CheckedBlock> {
  const findings = checkHeader(block, rules);
  const flags = block.metadata[TRANSACTIONS_FILTER] ?? new Uint8Array();
  let hasSubstance = false;
  for (const [index, envelope] of block.envelopes.entries()) {
    const transaction = tryRead(envelope);
    hasSubstance ||= !isAttestation(transaction);
    const privateWrites = privateWritesOf(block.privateData.get(index), rules.chaincode);
    const place = { flag: flags[index], block: block.number, privateWrites };
    const found = await checkTransaction(transaction, place, rules);
    findings.push(...found.map(({ code, detail }) => ({ code, detail: `transaction ${index}: ${detail}` })));
  }
  return { findings, hasSubstance };
}

function checkHeader(block: DeliveredBlock, { orderers }: BlockRules): Finding[] {
  const findings: Finding[] = [];
  const dataHash = createHash('sha256');
  for (const envelope of block.envelopes) dataHash.update(envelope);
  if (!dataHash.digest().equals(block.dataHash)) {
    findings.push({ code: 'DATA_HASH_MISMATCH', detail: `of ${block.envelopes.length} transactions` });
  }
  // Nobody signs the first block: whoever joins the channel pins it.
  if (block.number > 0 && orderers && !isSignedByOrderer(block, orderers)) {
    findings.push({ code: 'ORDERER_SIGNATURE', detail: 'no signature of an orderer of a configured root' });
  }
  return findings;
}

async function checkTransaction(
  transaction: BlockTransaction | typeof MALFORMED | undefined,
  { flag, block, privateWrites }: { flag: number | undefined; block: number; privateWrites: KeyWrite[] },
  { channel, chaincode, members, heads, policies }: BlockRules,
): Promise<Finding[]> {
  if (!transaction) return [];
  if (transaction === MALFORMED) {
    return flag === VALID ? [{ code: 'FLAG_MISMATCH', detail: 'it is valid, but malformed' }] : [];
  }
  const signatories = signatoriesOf(transaction, members);
  const { creator, endorsers } = signatories;
  if (flag !== VALID) {
    const isSuppressed = flag === BAD_CREATOR_SIGNATURE && creator !== undefined;
    const detail = `its flag is ${flag}, but its creator signed it`;
    return isSuppressed ? [{ code: 'FLAG_MISMATCH', detail }] : [];
  }
  const fault = faultOf(transaction, signatories, channel);
  const ofFlag: Finding[] = fault === undefined ? [] : [{ code: 'FLAG_MISMATCH', detail: `it is valid, but ${fault}` }];
  const ofPolicy = checkPolicy(transaction, endorsers, chaincode, policies.at(block));
  const ofDefinition = keepPolicy(transaction, { block, chaincode }, policies);
  const ofRecords = await checkRecords({ transaction, creator, namespace: chaincode, privateWrites }, heads);
  return [...ofFlag, ...ofPolicy, ...ofDefinition, ...ofRecords];
}

/** By the policy that was in force before the block, and that is asked of whatever writes for the contract. */
function checkPolicy(
  { namespaces }: BlockTransaction,
  endorsers: readonly Member[],
  chaincode: string,
  policy: Uint8Array | undefined,
): Finding[] {
  const isOfContract = namespaces.some(({ namespace, writes }) => namespace === chaincode && writes.length > 0);
  if (!policy || !isOfContract || isEndorsed(policy, endorsers)) return [];
  const names = [...new Set(endorsers.map(({ mspId }) => mspId))].sort().join(', ');
  return [{ code: 'ENDORSEMENT_POLICY', detail: `it is valid, but endorsed by ${names || 'nobody'} alone` }];
}

function keepPolicy(
  transaction: BlockTransaction,
  { block, chaincode }: { block: number; chaincode: string },
  policies: EndorsementPolicies,
): Finding[] {
  try {
    const written = policyWritten(transaction, chaincode);
    if (written) policies.keep(block, written);
    return [];
  } catch {
    return [{ code: 'ENDORSEMENT_POLICY', detail: `the definition of ${chaincode} cannot be read` }];
  }
}

const MALFORMED = 'malformed';

/** @returns undefined for what has no endorsers: configurations. */
function tryRead(envelope: Uint8Array): BlockTransaction | typeof MALFORMED | undefined {
  try {
    return readTransaction(envelope);
  } catch {
    return MALFORMED;
  }
}

function isAttestation(transaction: ReturnType<typeof tryRead>): boolean {
  return transaction !== MALFORMED && transaction?.functionName === TRANSACTIONS.attestBlocks;
}

/** The plain text of what a transaction wrote to collections, as far as this organization may see it. */
function privateWritesOf(bytes: Uint8Array | undefined, chaincode: string): KeyWrite[] {
  if (!bytes) return [];
  return ledger.rwset.TxPvtReadWriteSet.deserializeBinary(bytes)
    .getNsPvtRwsetList()
    .filter((namespace) => namespace.getNamespace() === chaincode)
    .flatMap((namespace) => namespace.getCollectionPvtRwsetList())
    .flatMap((collection) => readWrites(ledger.rwset.kvrwset.KVRWSet.deserializeBinary(collection.getRwset_asU8())));
}

import { common, peer } from '@hyperledger/fabric-protos';
import type { ChaincodeDefinition } from '../channel.js';
import { computeTxId } from '../wire/transaction-id.js';
import { LedgerError } from '../ledger/index.js';
import { transactionId } from '../ledger/stored-block.js';
import { ValidationCode, type NamespaceRwset, type ParsedTransaction } from '../ledger/types.js';
import type { ChannelMembership, MspIdentity } from '../msp/membership.js';
import { LIFECYCLE, sequenceKey } from '../wire/lifecycle-state.js';
import { satisfies } from '../msp/signature-policy.js';
import { sha256 } from '../wire/sha256.js';
import type { ReceivedEnvelope } from '../wire/received-envelope.js';
import type { EnvelopeParts, TransactionAction } from '../wire/transaction.js';

/** What transactions of a channel are judged by. */
export interface ValidationRules {
  channelId: string;
  chaincode: ChaincodeDefinition;
  membership: ChannelMembership;
  /** The organizations with peers; a majority of them agrees on definitions (LifecycleEndorsement). */
  applicationMspIds: readonly string[];
}

/** Carries the code of the check that failed. */
class InvalidTransaction extends Error {
  constructor(readonly code: ValidationCode) {
    super();
  }
}

/**
 * Fabric's checks of one envelope before MVCC, in Fabric's order: form, creator's signature, transaction id, proposal
 * hash, chaincode, read-write set, endorsement policies. Duplicates are found with MVCC, at commit.
 */
export function validateTransaction(envelope: ReceivedEnvelope, rules: ValidationRules): ParsedTransaction {
  const txId = transactionIdOf(envelope);
  try {
    const parts = checkEnvelope(envelope, rules.membership);
    const action = checkAction(envelope);
    if (parts.channelId !== rules.channelId) throw new InvalidTransaction(ValidationCode.TARGET_CHAIN_NOT_FOUND);
    const chaincode = checkChaincode(parts, action, rules);
    const rwset = readRwset(envelope);
    checkWrites(rwset, chaincode);
    checkPolicies(rwset, endorsersOf(action, rules.membership), chaincode);
    return { txId, code: ValidationCode.VALID, rwset };
  } catch (error) {
    if (error instanceof InvalidTransaction) return { txId, code: error.code, rwset: [] };
    throw error;
  }
}

/** Identities whose endorsements verify, in order; others do not count (nor does Fabric let them fail the rest). */
export function endorsersOf(action: TransactionAction, membership: ChannelMembership): MspIdentity[] {
  return action.endorsements.flatMap(({ endorser, signature }) => {
    try {
      return [membership.verify(endorser, [action.responsePayload, endorser], signature)];
    } catch {
      return [];
    }
  });
}

/** What is no envelope with headers may have one all the same. */
function transactionIdOf(envelope: ReceivedEnvelope): string {
  try {
    return envelope.parts.txId;
  } catch {
    return transactionId(envelope.bytes);
  }
}

function checkEnvelope(envelope: ReceivedEnvelope, membership: ChannelMembership): EnvelopeParts {
  if (envelope.bytes.length === 0) throw new InvalidTransaction(ValidationCode.NIL_ENVELOPE);
  const parts = attempt(ValidationCode.BAD_PAYLOAD, () => envelope.parts);
  if (parts.epoch !== 0 || parts.nonce.length === 0 || parts.creator.length === 0) {
    throw new InvalidTransaction(ValidationCode.BAD_COMMON_HEADER);
  }
  attempt(ValidationCode.BAD_CREATOR_SIGNATURE, () => envelope.creatorIn(membership));
  if (parts.headerType !== common.HeaderType.ENDORSER_TRANSACTION) {
    throw new InvalidTransaction(ValidationCode.UNSUPPORTED_TX_PAYLOAD);
  }
  if (parts.txId !== computeTxId(parts.nonce, parts.creator)) {
    throw new InvalidTransaction(ValidationCode.BAD_PROPOSAL_TXID);
  }
  return parts;
}

function checkAction(envelope: ReceivedEnvelope): TransactionAction {
  const action = attempt(ValidationCode.INVALID_ENDORSER_TRANSACTION, () => envelope.action);
  const hash = sha256(envelope.parts.channelHeader, action.signatureHeader, action.chaincodeProposalPayload);
  if (!hash.equals(action.proposalHash)) throw new InvalidTransaction(ValidationCode.INVALID_ENDORSER_TRANSACTION);
  return action;
}

/** @returns the definition that the transaction is judged by: the chaincode's, or `_lifecycle`'s own */
function checkChaincode(
  { extension }: EnvelopeParts,
  action: TransactionAction,
  rules: ValidationRules,
): ChaincodeDefinition {
  const invoked = attempt(ValidationCode.INVALID_OTHER_REASON, () =>
    peer.ChaincodeHeaderExtension.deserializeBinary(extension).getChaincodeId()?.getName(),
  );
  const chaincode = invoked === LIFECYCLE ? lifecycleDefinition(rules.applicationMspIds) : rules.chaincode;
  if (invoked !== chaincode.name || action.chaincodeName !== invoked || action.chaincodeVersion === '') {
    throw new InvalidTransaction(ValidationCode.INVALID_CHAINCODE);
  }
  const eventOf = attempt(ValidationCode.INVALID_OTHER_REASON, () =>
    action.event.length > 0 ? peer.ChaincodeEvent.deserializeBinary(action.event).getChaincodeId() : invoked,
  );
  if (eventOf !== invoked) throw new InvalidTransaction(ValidationCode.INVALID_OTHER_REASON);
  return chaincode;
}

function readRwset(envelope: ReceivedEnvelope): NamespaceRwset[] {
  try {
    return envelope.rwset;
  } catch (error) {
    if (error instanceof LedgerError) throw new InvalidTransaction(ValidationCode.BAD_RWSET);
    throw error;
  }
}

/** Only the chaincode's own namespace, once, and only collections that are defined. */
function checkWrites(rwset: readonly NamespaceRwset[], chaincode: ChaincodeDefinition): void {
  if (new Set(rwset.map(({ namespace }) => namespace)).size < rwset.length) {
    throw new InvalidTransaction(ValidationCode.ILLEGAL_WRITESET);
  }
  if (rwset.some((one) => one.namespace !== chaincode.name && !readsSequence(one, chaincode))) {
    throw new InvalidTransaction(ValidationCode.INVALID_CHAINCODE);
  }
  if (rwset.some(({ collections }) => collections.some(({ collection }) => !chaincode.collections.has(collection)))) {
    throw new InvalidTransaction(ValidationCode.ENDORSEMENT_POLICY_FAILURE);
  }
}

/** A transaction reads the sequence of its chaincode's definition, so that a new definition invalidates it. */
function readsSequence({ namespace, reads, writes }: NamespaceRwset, { name }: ChaincodeDefinition): boolean {
  return namespace === LIFECYCLE && writes.length === 0 && reads.every(({ key }) => key === sequenceKey(name));
}

/** A majority of the organizations, each by a peer. */
function lifecycleDefinition(mspIds: readonly string[]): ChaincodeDefinition {
  const rules = mspIds.map((mspId) => ({ kind: 'signedBy', mspId, role: 'peer' }) as const);
  return {
    name: LIFECYCLE,
    version: '',
    endorsementPolicy: { kind: 'nOutOf', n: Math.floor(mspIds.length / 2) + 1, rules },
    collections: new Map(),
  };
}

/**
 * Public writes need the chaincode's policy, a collection's writes the collection's own or else the chaincode's;
 * a transaction that writes nothing needs the chaincode's.
 */
function checkPolicies(
  rwset: readonly NamespaceRwset[],
  endorsers: MspIdentity[],
  chaincode: ChaincodeDefinition,
): void {
  const ofCollections = rwset
    .flatMap(({ collections }) => collections)
    .filter(({ hashedWrites }) => hashedWrites.length > 0)
    .map(({ collection }) => chaincode.collections.get(collection)?.endorsementPolicy ?? chaincode.endorsementPolicy);
  const writesPublic = rwset.some(({ writes }) => writes.length > 0);
  const needed = new Set(ofCollections);
  if (writesPublic || needed.size === 0) needed.add(chaincode.endorsementPolicy);
  for (const policy of needed) {
    if (!satisfies(policy, endorsers)) throw new InvalidTransaction(ValidationCode.ENDORSEMENT_POLICY_FAILURE);
  }
}

function attempt<Value>(code: ValidationCode, run: () => Value): Value {
  try {
    return run();
  } catch {
    throw new InvalidTransaction(code);
  }
}

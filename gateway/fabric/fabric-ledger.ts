import type { Transaction } from '@hyperledger/fabric-gateway';
import { CommitStatusError, GatewayError } from '@hyperledger/fabric-gateway';
import { gateway as gatewayProtos } from '@hyperledger/fabric-protos';
import { AuditError, TRANSACTIONS, TRANSIENT_BATCH, VerifiedSignatures } from '../../core/index.js';
import type {
  AgentKey,
  AgentKeysPage,
  AgentRef,
  Attestation,
  BlockAttestation,
  BlockRange,
  ContractInfo,
  EventQuery,
  EventQueryPage,
  EventView,
  Head,
  HistoryPage,
  LifecycleEntry,
  Openings,
  PageRequest,
  RecordAnswer,
  RecordOptions,
  RegisterKeyRequest,
  RevokeKeyRequest,
  SeqRange,
  SessionQuery,
  SessionQueryPage,
  SessionRef,
} from '../../core/index.js';
import type {
  AuditLedger,
  BlockStream,
  CommitResult,
  EndorsedRecording,
  NetworkDescription,
  NoticeStream,
  TrustedRoots,
} from '../ledger/audit-ledger.js';
import { readBlockProof } from '../evidence/block-proof.js';
import type { BlockProofFile } from '../evidence/block-proof.js';
import { turnEnd } from '../delay.js';
import { blockHash, followBlocks } from './blocks.js';
import type { ConnectionProfile } from './connection-profile.js';
import { endorsersOf } from './endorsements.js';
import { EndorsingOrganizations } from './endorsing-organizations.js';
import { readEndorsedAction } from './envelope.js';
import type { LedgerLookup } from './lookup.js';
import { Members } from './members.js';
import { followChaincodeEvents } from './notices.js';
import { Peers } from './peers.js';
import type { PeerOptions } from './peers.js';

/** A ledger whose peers, certificates and other organizations can change while it is in use. */
export interface FabricLedger extends AuditLedger {
  /** What is under way ends on the old connections, everything else uses the profile's. */
  reconnect(profile: ConnectionProfile): void;
}

/** The audit contract on a Fabric channel, reached through the organization's peers with the Fabric Gateway client. */
export function openFabricLedger(profile: ConnectionProfile, options: PeerOptions): FabricLedger {
  return new ContractLedger(profile, options);
}

const WRITE_TRIES = 10;

class ContractLedger implements FabricLedger {
  network: NetworkDescription;
  readonly #options: PeerOptions;
  #roots: TrustedRoots;
  #peers: Peers;
  #endorsing: EndorsingOrganizations;

  constructor(profile: ConnectionProfile, options: PeerOptions) {
    this.network = describeNetwork(profile);
    this.#endorsing = new EndorsingOrganizations(this.network.organizations);
    this.#options = options;
    this.#roots = rootsOf(profile);
    this.#peers = new Peers(profile, this.#roots.members, options);
  }

  roots(): TrustedRoots {
    return this.#roots;
  }

  async endorseRecording(batch: Uint8Array, options: RecordOptions): Promise<EndorsedRecording> {
    const endorsed = await this.#endorse(TRANSACTIONS.recordEvents, [options], { [TRANSIENT_BATCH]: batch });
    const { transaction } = endorsed;
    const action = endorsedAction(transaction);
    return {
      txId: transaction.getTransactionId(),
      answer: parse(transaction.getResult()) as RecordAnswer,
      endorsedBy: () => (action ? endorsersOf(action, this.#roots.members) : []),
      commit: () => commit(endorsed),
    };
  }

  async probeEndorsement(): Promise<void> {
    await this.#endorse(TRANSACTIONS.readContractInfo, []);
  }

  async attest(eventRef: string, attestation: Attestation): Promise<LifecycleEntry> {
    return (await this.#write(TRANSACTIONS.attestEvent, eventRef, attestation)).answer as LifecycleEntry;
  }
  async registerKey(request: RegisterKeyRequest): Promise<{ key: AgentKey; isNew: boolean }> {
    const { answer, txId } = await this.#write(TRANSACTIONS.registerKey, request);
    const key = answer as AgentKey;
    return { key, isNew: key.registered.tx_id === txId };
  }
  async revokeKey(request: RevokeKeyRequest): Promise<AgentKey> {
    return (await this.#write(TRANSACTIONS.revokeKey, request)).answer as AgentKey;
  }
  async attestBlocks(range: BlockRange): Promise<BlockAttestation> {
    return (await this.#write(TRANSACTIONS.attestBlocks, range)).answer as BlockAttestation;
  }

  readEvent(eventRef: string): Promise<EventView | null> {
    return this.#evaluate(TRANSACTIONS.readEvent, eventRef);
  }
  readPayload(eventRef: string): Promise<Openings | null> {
    return this.#evaluate(TRANSACTIONS.readPayload, eventRef);
  }
  readHistory(eventRef: string, page: PageRequest): Promise<HistoryPage | null> {
    return this.#evaluate(TRANSACTIONS.readHistory, eventRef, page);
  }
  readHeads(sessions: SessionRef[]): Promise<(Head | null)[]> {
    return this.#evaluate(TRANSACTIONS.readHeads, sessions);
  }
  readSession(session: SessionRef, range: SeqRange): Promise<EventView[]> {
    return this.#evaluate(TRANSACTIONS.readSession, session, range);
  }
  queryEvents(query: EventQuery): Promise<EventQueryPage> {
    return this.#evaluate(TRANSACTIONS.queryEvents, query);
  }
  querySessions(query: SessionQuery): Promise<SessionQueryPage> {
    return this.#evaluate(TRANSACTIONS.querySessions, query);
  }
  readContractInfo(): Promise<ContractInfo> {
    return this.#evaluate(TRANSACTIONS.readContractInfo);
  }
  readKeys(agent: AgentRef, page: PageRequest): Promise<AgentKeysPage> {
    return this.#evaluate(TRANSACTIONS.readKeys, agent, page);
  }
  proveEvent(locator: string, challenge: string) {
    return this.#peers.use(({ signedReads }) => signedReads.proveEvent(locator, challenge));
  }
  proveSession(session: string, fromSeq: number, challenge: string) {
    return this.#peers.use(({ signedReads }) => signedReads.proveSession(session, fromSeq, challenge));
  }
  proveAbsence(eventRef: string, challenge: string) {
    return this.#peers.use(({ signedReads }) => signedReads.proveAbsence(eventRef, challenge));
  }
  proveQuery(query: EventQuery, challenge: string) {
    return this.#peers.use(({ signedReads }) => signedReads.proveQuery(query, challenge));
  }
  readBlockProof(txId: string, height: number): Promise<BlockProofFile> {
    return this.#peers.use(async ({ channel, lookup }) =>
      readBlockProof(channel, { txId, blockNumber: (await lookup.commitStatus(txId)).blockNumber, height }),
    );
  }
  readBlockAttestations(): Promise<BlockAttestation[]> {
    return this.#evaluate(TRANSACTIONS.readBlockAttestations);
  }
  observeChain(challenge: string) {
    return this.#peers.use(({ signedReads }) => signedReads.observeChain(challenge));
  }
  async readBlockHash(blockNumber: number): Promise<string | undefined> {
    const block = await this.#peers.use(({ lookup }) => lookup.block(blockNumber));
    return block && blockHash(block);
  }
  followBlocks(fromBlock: number): BlockStream {
    return followBlocks(() => this.#peers, fromBlock);
  }
  readChainInfo() {
    return this.#peers.use(({ lookup }) => lookup.chainInfo());
  }
  findTransaction(txId: string) {
    return this.#peers.use(({ lookup }) => lookup.transaction(txId));
  }
  followNotices(fromBlock: number): NoticeStream {
    return followChaincodeEvents(() => this.#peers, this.network.chaincode, fromBlock);
  }
  reconnect(profile: ConnectionProfile): void {
    const old = this.#peers;
    this.network = describeNetwork(profile);
    this.#roots = rootsOf(profile);
    this.#peers = new Peers(profile, this.#roots.members, this.#options);
    this.#endorsing = new EndorsingOrganizations(this.network.organizations);
    const { endorseMs, submitMs, commitMs } = this.#options.timeouts;
    setTimeout(() => old.close(), endorseMs + submitMs + commitMs).unref();
  }
  close(): void {
    this.#peers.close();
  }

  async #evaluate<T>(name: string, ...args: unknown[]): Promise<T> {
    const call = { arguments: args.map(toArgument) };
    return parse(await this.#peers.use(({ contract }) => contract.evaluate(name, call))) as T;
  }

  async #write(name: string, ...args: unknown[]): Promise<{ answer: unknown; txId: string }> {
    for (let tries = 1; ; tries++) {
      const endorsed = await this.#endorse(name, args);
      const { code } = await commit(endorsed);
      const { transaction } = endorsed;
      if (code === 'VALID') return { answer: parse(transaction.getResult()), txId: transaction.getTransactionId() };
      // Somebody else wrote about the same at the same time; nothing of this was written.
      if (tries >= WRITE_TRIES) throw new AuditError('ENDORSEMENT_FAILED', `The transaction was invalidated: ${code}.`);
    }
  }

  #endorse(name: string, args: unknown[], transientData: Record<string, Uint8Array> = {}): Promise<Endorsed> {
    const call = { arguments: args.map(toArgument), transientData };
    return this.#peers.use(async ({ contract, lookup }) => {
      const transaction = await this.#endorsing.ask((chosen) =>
        contract.newProposal(name, { ...call, ...chosen }).endorse(),
      );
      return { transaction, lookup };
    });
  }
}

function endorsedAction(transaction: Transaction) {
  const envelope = gatewayProtos.PreparedTransaction.deserializeBinary(transaction.getBytes()).getEnvelope();
  return envelope && readEndorsedAction(envelope);
}

function describeNetwork({ network, channel, chaincode, mspId, organizations }: ConnectionProfile): NetworkDescription {
  return { ...network, channel, chaincode, mspId, organizations };
}

function rootsOf({ organizationRoots, ordererRoots }: ConnectionProfile): TrustedRoots {
  // One organization's own: what another has verified is no proof to it.
  const members = new Members(organizationRoots, new VerifiedSignatures());
  return { organizations: organizationRoots, orderers: ordererRoots, members };
}

/** An endorsed transaction, and where to ask what became of it. */
interface Endorsed {
  transaction: Transaction;
  lookup: LedgerLookup;
}

/**
 * Its status is asked for while it is being ordered, which spares it a round trip, and not before: signing the question
 * and verifying that signature takes as long as ordering. Every failure from here on may hide a
 * transaction that was committed (fabric-gateway's SubmitError included).
 */
async function commit({ transaction, lookup }: Endorsed): Promise<CommitResult> {
  try {
    const submitted = transaction.submit();
    const asked = turnEnd().then(() => lookup.commitStatus(transaction.getTransactionId()));
    const [status] = await Promise.all([asked, submitted]);
    return status;
  } catch (error) {
    if (error instanceof CommitStatusError || error instanceof GatewayError) {
      throw new AuditError('OUTCOME_UNKNOWN', 'The transaction was sent and its outcome is not known.');
    }
    throw error;
  }
}

function toArgument(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Answers come from the organization's own peer, which runs the agreed contract: their shape is the contract's. */
function parse(bytes: Uint8Array): unknown {
  return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString());
}

import type {
  AbsenceProof,
  AgentKey,
  AgentKeysPage,
  AgentRef,
  Attestation,
  BlockAttestation,
  BlockRange,
  ChainInfoAnswer,
  ContractInfo,
  EventProof,
  EventQuery,
  EventQueryPage,
  EventView,
  Head,
  HistoryPage,
  LifecycleEntry,
  Openings,
  PageRequest,
  QueryProof,
  RecordAnswer,
  RecordOptions,
  RegisterKeyRequest,
  RevokeKeyRequest,
  SeqRange,
  SessionProof,
  SessionQuery,
  SessionQueryPage,
  SessionRef,
} from '../../core/index.js';
import type { BlockProofFile } from '../evidence/block-proof.js';
import type { Signed, SignedProof } from '../evidence/signed-reads.js';
import type { Members } from '../fabric/members.js';

/** What a gateway asks of the ledger: the contract's verbs and what surrounds them. HTTP and intake know only this. */
export interface AuditLedger extends LedgerReader, LedgerWriter {
  readonly network: NetworkDescription;
  /** What this organization trusts; another object when it has changed. */
  roots(): TrustedRoots;
  close(): void;
}

export interface NetworkDescription {
  kind: 'embedded' | 'native' | 'compose' | 'fabric';
  /** Whether the organizations hold their keys apart from one another. */
  independent: boolean;
  channel: string;
  chaincode: string;
  /** The organization that this gateway acts for: the owner of what it records. */
  mspId: string;
  organizations: readonly string[];
}

/** PEM certificates of the authorities of organizations, by MSP id. */
export interface TrustedRoots {
  organizations: ReadonlyMap<string, string>;
  /** Of the ordering organizations; empty where none are configured. */
  orderers: ReadonlyMap<string, string>;
  /** Who belongs to the organizations by these certificates. */
  members: Members;
}

export interface LedgerWriter {
  /**
   * Has a batch simulated and endorsed; nothing is written until `commit` is called on the answer.
   * @param batch JSON of a RecordBatch, in UTF-8.
   * @throws {AuditError} of the contract, or LEDGER_UNAVAILABLE, ENDORSEMENT_FAILED: nothing was submitted.
   */
  endorseRecording(batch: Uint8Array, options: RecordOptions): Promise<EndorsedRecording>;
  /** Has a read endorsed as a recording would be, and sends nothing. @throws {AuditError} where that fails. */
  probeEndorsement(): Promise<void>;
  /** @throws {AuditError} of the contract; OUTCOME_UNKNOWN where it may have been recorded all the same. */
  attest(eventRef: string, attestation: Attestation): Promise<LifecycleEntry>;
  /** @throws {AuditError} like `attest`; repeating it is safe, and `isNew` says whether this call wrote it. */
  registerKey(request: RegisterKeyRequest): Promise<{ key: AgentKey; isNew: boolean }>;
  /** @throws {AuditError} like `attest`; repeating it is safe. */
  revokeKey(request: RevokeKeyRequest): Promise<AgentKey>;
  /** Says on the ledger which blocks this organization has verified. @throws {AuditError} as `attest` does. */
  attestBlocks(range: BlockRange): Promise<BlockAttestation>;
}

export interface EndorsedRecording {
  txId: string;
  answer: RecordAnswer;
  /** Verifies who endorsed it: organizations whose signatures verify up to the configured roots. */
  endorsedBy(): string[];
  /** @throws {AuditError} OUTCOME_UNKNOWN where it may have been committed all the same. */
  commit(): Promise<CommitResult>;
}

export interface CommitResult {
  blockNumber: number;
  /** Fabric's validation code by name; anything but VALID wrote nothing. */
  code: string;
}

export interface LedgerReader {
  readEvent(eventRef: string): Promise<EventView | null>;
  readPayload(eventRef: string): Promise<Openings | null>;
  readHistory(eventRef: string, page: PageRequest): Promise<HistoryPage | null>;
  readHeads(sessions: SessionRef[]): Promise<(Head | null)[]>;
  readSession(session: SessionRef, range: SeqRange): Promise<EventView[]>;
  queryEvents(query: EventQuery): Promise<EventQueryPage>;
  querySessions(query: SessionQuery): Promise<SessionQueryPage>;
  readContractInfo(): Promise<ContractInfo>;
  readKeys(agent: AgentRef, page: PageRequest): Promise<AgentKeysPage>;
  /** An event and the ledger's height as peers of several organizations sign them; null where there is no such event. */
  proveEvent(locator: string, challenge: string): Promise<SignedProof<EventProof> | null>;
  /** A session from one of its records on, as much as one file takes; null for a session without events. */
  proveSession(session: string, fromSeq: number, challenge: string): Promise<SignedProof<SessionProof> | null>;
  /** That there is no event by an id (a locator, or an own id with its owner); null where there is one. */
  proveAbsence(eventRef: string, challenge: string): Promise<SignedProof<AbsenceProof> | null>;
  /** Which events a rich query finds. */
  proveQuery(query: EventQuery, challenge: string): Promise<SignedProof<QueryProof>>;
  /** The block of a transaction and what leads from it to a checkpoint of that height; for evidence in full. */
  readBlockProof(txId: string, height: number): Promise<BlockProofFile>;
  /** The last range of blocks that each organization attested. */
  readBlockAttestations(): Promise<BlockAttestation[]>;
  /** The ledger's height as peers of several organizations sign it: one answer, or one of each organization. */
  observeChain(challenge: string): Promise<Signed<ChainInfoAnswer>[]>;
  readChainInfo(): Promise<ChainInfo>;
  /** Hash of a block's header as the peer has it, in hex; `undefined` where the peer has no such block. */
  readBlockHash(blockNumber: number): Promise<string | undefined>;
  /** Blocks of the peer with the private data that it may see, in order, from a block on, which may be the next one. */
  followBlocks(fromBlock: number): BlockStream;
  /** What the peer's ledger holds of a transaction; `undefined` where it holds nothing (yet). */
  findTransaction(txId: string): Promise<LedgerTransaction | undefined>;
  /** Notices of committed transactions, in order, from a block on, which may be the next one. */
  followNotices(fromBlock: number): NoticeStream;
}

export interface ChainInfo {
  height: number;
  currentBlockHash: string;
  previousBlockHash: string;
}

export interface LedgerTransaction {
  txId: string;
  blockNumber: number;
  code: string;
  timestamp: string;
  creator: { msp_id: string; certificate_sha256: string };
  endorsedBy: string[];
  /** The chaincode event of the transaction, where it has one. */
  notice?: { name: string; payload: Uint8Array };
}

export interface LedgerNotice {
  blockNumber: number;
  txId: string;
  name: string;
  payload: Uint8Array;
}

/** A block as a peer delivers it. */
export interface DeliveredBlock {
  number: number;
  previousHash: Uint8Array;
  dataHash: Uint8Array;
  /** Serialized common.Envelopes. */
  envelopes: Uint8Array[];
  /** By common.BlockMetadataIndex. */
  metadata: Uint8Array[];
  /** Plain text of private writes, by the number of their transaction: serialized TxPvtReadWriteSets. */
  privateData: ReadonlyMap<number, Uint8Array>;
}

export interface BlockStream extends AsyncIterable<DeliveredBlock> {
  close(): void;
}

export interface NoticeStream extends AsyncIterable<LedgerNotice> {
  close(): void;
}

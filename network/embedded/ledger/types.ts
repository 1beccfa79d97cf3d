/**
 * What the ledger (block files, state, history, private data) and the peer (endorser, validator, services) agree on.
 * Block and envelope bytes are Fabric's own protobuf encodings; nothing here re-serializes what it did not build.
 */

/** Position of the transaction that last wrote a key (Fabric's `Version`). */
export interface Version {
  blockNum: bigint;
  txNum: number;
}

export interface StateEntry {
  key: string;
  value: Uint8Array;
  version: Version;
}

/** Fabric's transaction validation codes that this ledger can set (peer/transaction.proto TxValidationCode). */
export const ValidationCode = {
  VALID: 0,
  NIL_ENVELOPE: 1,
  BAD_PAYLOAD: 2,
  BAD_COMMON_HEADER: 3,
  BAD_CREATOR_SIGNATURE: 4,
  INVALID_ENDORSER_TRANSACTION: 5,
  UNSUPPORTED_TX_PAYLOAD: 7,
  BAD_PROPOSAL_TXID: 8,
  DUPLICATE_TXID: 9,
  ENDORSEMENT_POLICY_FAILURE: 10,
  MVCC_READ_CONFLICT: 11,
  PHANTOM_READ_CONFLICT: 12,
  UNKNOWN_TX_TYPE: 13,
  TARGET_CHAIN_NOT_FOUND: 14,
  BAD_RWSET: 22,
  ILLEGAL_WRITESET: 23,
  INVALID_CHAINCODE: 25,
  NOT_VALIDATED: 254,
  INVALID_OTHER_REASON: 255,
} as const;
export type ValidationCode = (typeof ValidationCode)[keyof typeof ValidationCode];

export interface KeyRead {
  key: string;
  /** Absent: the key did not exist. */
  version?: Version;
}

export interface RangeRead {
  startKey: string;
  endKey: string;
  /** Whether the simulation read the range to its end. */
  exhausted: boolean;
  reads: KeyRead[];
}

export interface KeyWrite {
  key: string;
  isDelete: boolean;
  value: Uint8Array;
}

export interface HashedRead {
  keyHash: Uint8Array;
  version?: Version;
}

export interface HashedWrite {
  keyHash: Uint8Array;
  isDelete: boolean;
  valueHash: Uint8Array;
  isPurge: boolean;
}

export interface CollectionRwset {
  collection: string;
  hashedReads: HashedRead[];
  hashedWrites: HashedWrite[];
  /** SHA-256 of the serialized private KVRWSet. */
  pvtRwsetHash: Uint8Array;
}

export interface NamespaceRwset {
  namespace: string;
  reads: KeyRead[];
  rangeReads: RangeRead[];
  writes: KeyWrite[];
  collections: CollectionRwset[];
}

/** One envelope of a block as the validator has read it. */
export interface ParsedTransaction {
  /** Empty for envelopes without one (configuration). */
  txId: string;
  /** The validator's verdict before MVCC: VALID goes on to MVCC, anything else stays. */
  code: ValidationCode;
  rwset: NamespaceRwset[];
}

/** Private writes in plain text of one transaction, as the endorser or gossip handed them over. */
export interface PrivateWrites {
  txNum: number;
  namespace: string;
  collection: string;
  /** The serialized KVRWSet that `pvtRwsetHash` is over; checked against it at commit. */
  rwset: Uint8Array;
  writes: KeyWrite[];
}

/** A block taken apart; envelopes and metadata stay the bytes that they were. */
export interface BlockParts {
  number: number;
  previousHash: Uint8Array;
  dataHash: Uint8Array;
  envelopes: Uint8Array[];
  metadata: Uint8Array[];
}

export interface CommittedBlock {
  blockNum: bigint;
  /** Serialized common.Block with final metadata. */
  bytes: Uint8Array;
  codes: ValidationCode[];
  txIds: string[];
}

export interface TransactionPosition {
  blockNum: bigint;
  txNum: number;
  code: ValidationCode;
}

export interface HistoryEntry {
  blockNum: bigint;
  txNum: number;
  txId: string;
  isDelete: boolean;
  value: Uint8Array;
}

export interface ChainInfo {
  height: bigint;
  currentBlockHash: Uint8Array;
  previousBlockHash: Uint8Array;
}

/** A Mango query as a peer hands it to CouchDB, already parsed. */
export interface MangoQuery {
  selector: Record<string, unknown>;
  sort?: (string | Record<string, string>)[];
  use_index?: string | string[];
  limit?: number;
  skip?: number;
}

/** An index definition from `META-INF/statedb/couchdb/indexes`. */
export interface IndexDefinition {
  namespace: string;
  ddoc: string;
  name: string;
  fields: { path: string; direction: 'asc' | 'desc' }[];
  /** `partial_filter_selector`: other documents are not in the index. */
  filter?: object | undefined;
}

/** Runs a synchronous change alone, sooner or later. */
export type Exclusively = (change: () => void) => Promise<void>;

/**
 * The ledger of one channel. Reads are synchronous and see the last committed block; the peer keeps simulations and
 * commits apart with a lock. Iterators must be finished or closed before the next commit.
 */
export interface Ledger {
  chainInfo(): ChainInfo;
  blockByNumber(blockNum: bigint): CommittedBlock | undefined;
  blockByHash(hash: Uint8Array): CommittedBlock | undefined;
  transaction(txId: string): TransactionPosition | undefined;

  state(namespace: string, key: string): StateEntry | undefined;
  /** Keys in `[startKey, endKey)` in the order of their UTF-8 bytes; an empty end has no bound. */
  stateRange(namespace: string, startKey: string, endKey: string): IterableIterator<StateEntry>;
  /** Rich query; entries in the query's order. `limit` and `bookmark` page it. */
  stateQuery(
    namespace: string,
    query: MangoQuery,
    page?: { pageSize: number; bookmark: string },
  ): {
    entries: StateEntry[];
    bookmark: string;
  };
  /** Newest first, as Fabric v3.1 answers. */
  history(namespace: string, key: string): IterableIterator<HistoryEntry>;

  privateState(namespace: string, collection: string, key: string): StateEntry | undefined;
  privateRange(namespace: string, collection: string, startKey: string, endKey: string): IterableIterator<StateEntry>;
  privateQuery(namespace: string, collection: string, query: MangoQuery): StateEntry[];
  /** Hash and version of a private key, present on every peer, member of the collection or not. */
  privateHash(
    namespace: string,
    collection: string,
    keyHash: Uint8Array,
  ): { valueHash: Uint8Array; version: Version } | undefined;
  /** Private writes of a block, for delivery with private data. */
  privateWrites(blockNum: bigint): PrivateWrites[];

  defineIndexes(indexes: IndexDefinition[]): void;

  /** What is left to do for a block when those who waited for it have been told: once after each. */
  followUp(): void;

  /**
   * Validates reads (MVCC, phantoms) of the transactions whose code is still VALID, in order; writes the final codes
   * and the commit hash into the block's metadata, appends it, makes it durable (one fdatasync), then updates state,
   * history and transaction index. Resolves when all of it is readable. One commit at a time.
   * @param block with the orderer's metadata.
   * @param exclusively runs the update, of what is durable by then, while nobody is in the middle of reading the state;
   *   by default at once.
   */
  commit(
    block: BlockParts,
    transactions: ParsedTransaction[],
    privateWrites: PrivateWrites[],
    exclusively?: Exclusively,
  ): Promise<CommittedBlock>;

  close(): void;
}

import type { Timestamp } from 'google-protobuf/google/protobuf/timestamp_pb.js';
import type { HistoryEntry } from '../ledger/types.js';
import type { Simulation } from '../endorser/simulation.js';
import type { QueryResults } from './query-responses.js';

/** One invocation of chaincode while it runs: what its requests for state act on. */
export interface TransactionContext {
  readonly simulation: Simulation;
  /** @throws {Error} where only members may read (or write) the collection and the creator's organization is none. */
  readonly checkCollectionAccess: (collection: string, access: 'read' | 'write') => void;
  readonly timestampOf: (entry: HistoryEntry) => Timestamp | undefined;
  /** How many queries were opened: their ids. */
  queryCount: number;
  /** Queries whose results are not yet fetched to the end, by their id. */
  readonly openQueries: Map<string, QueryResults>;
}

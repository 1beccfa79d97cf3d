import { ledger, peer } from '@hyperledger/fabric-protos';
import type { Timestamp } from 'google-protobuf/google/protobuf/timestamp_pb.js';
import type { HistoryEntry, StateEntry } from '../ledger/types.js';

/** Results in one message to the chaincode, as Fabric's peer sends them. */
const BATCH_SIZE = 100;
/** Results of one query (Fabric's ledger.state.totalQueryLimit); the rest is left out, as on a peer. */
export const TOTAL_QUERY_LIMIT = 100_000;

/** The results of one query, which the chaincode fetches batch by batch. */
export class QueryResults {
  readonly #results: Iterator<Uint8Array, undefined>;
  #next: IteratorResult<Uint8Array, undefined> | undefined;
  #returned = 0;

  /** @param results serialized query results, read as they are asked for */
  constructor(
    readonly id: string,
    results: Iterable<Uint8Array, undefined>,
    readonly limit = TOTAL_QUERY_LIMIT,
  ) {
    this.#results = results[Symbol.iterator]();
  }

  /** The next batch; `hasMore` tells whether the query has results beyond it. */
  nextBatch(batchSize = BATCH_SIZE): peer.QueryResponse {
    const response = new peer.QueryResponse();
    response.setId(this.id);
    const batch: peer.QueryResultBytes[] = [];
    while (batch.length < batchSize) {
      const bytes = this.#take();
      if (!bytes) break;
      const result = new peer.QueryResultBytes();
      result.setResultbytes(bytes);
      batch.push(result);
    }
    response.setResultsList(batch);
    response.setHasMore(!this.#atEnd());
    return response;
  }

  close(): void {
    this.#results.return?.();
  }

  /** A limit that is reached ends the results without looking for more, so that nothing more is recorded as read. */
  #atEnd(): boolean {
    if (this.#returned >= this.limit) return true;
    this.#next ??= this.#results.next();
    return this.#next.done === true;
  }

  #take(): Uint8Array | undefined {
    if (this.#atEnd()) return undefined;
    const bytes = this.#next?.value;
    this.#next = undefined;
    this.#returned++;
    return bytes;
  }
}

export function* keyValueResults(namespace: string, entries: Iterable<StateEntry>): Generator<Uint8Array, undefined> {
  for (const { key, value } of entries) {
    const message = new ledger.queryresult.KV();
    message.setNamespace(namespace);
    message.setKey(key);
    message.setValue(value);
    yield message.serializeBinary();
  }
}

export function* historyResults(
  entries: Iterable<HistoryEntry>,
  timestampOf: (entry: HistoryEntry) => Timestamp | undefined,
): Generator<Uint8Array, undefined> {
  for (const entry of entries) {
    const message = new ledger.queryresult.KeyModification();
    message.setTxId(entry.txId);
    message.setValue(entry.value);
    message.setTimestamp(timestampOf(entry));
    message.setIsDelete(entry.isDelete);
    yield message.serializeBinary();
  }
}

/** The response to a paged query: one page, and where the next one starts. */
export function pageResponse(
  results: QueryResults,
  pageSize: number,
  bookmarkOf: (fetched: number) => string,
): peer.QueryResponse {
  const response = results.nextBatch(pageSize);
  const fetched = response.getResultsList().length;
  const metadata = new peer.QueryResponseMetadata();
  metadata.setFetchedRecordsCount(fetched);
  metadata.setBookmark(bookmarkOf(fetched));
  response.setHasMore(false);
  response.setMetadata(metadata.serializeBinary());
  return response;
}

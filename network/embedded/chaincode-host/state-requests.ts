import { peer } from '@hyperledger/fabric-protos';
import type { MangoQuery, StateEntry } from '../ledger/types.js';
import { historyResults, keyValueResults, pageResponse, QueryResults, TOTAL_QUERY_LIMIT } from './query-responses.js';
import type { TransactionContext } from './transaction-context.js';

/** Answers one request for state that chaincode sends while it runs; an error goes back to the chaincode. */
type RequestHandler = (context: TransactionContext, payload: Uint8Array) => Uint8Array;

const { Type } = peer.ChaincodeMessage;
const NO_BYTES = new Uint8Array();
const MAX_OPEN_QUERIES = 100;
/** As Fabric's peers have it. */
const KEYS_PER_MESSAGE = 1000;

export const STATE_REQUESTS: ReadonlyMap<number, RequestHandler> = new Map<number, RequestHandler>([
  [Type.GET_STATE, getState],
  [Type.GET_PRIVATE_DATA_HASH, getPrivateDataHash],
  [Type.GET_STATE_MULTIPLE, getStateMultiple],
  [Type.PUT_STATE, putState],
  [Type.WRITE_BATCH_STATE, writeBatch],
  [Type.DEL_STATE, deleteState],
  [Type.PURGE_PRIVATE_DATA, purgePrivateData],
  [Type.GET_STATE_BY_RANGE, getStateByRange],
  [Type.GET_QUERY_RESULT, getQueryResult],
  [Type.GET_HISTORY_FOR_KEY, getHistoryForKey],
  [Type.QUERY_STATE_NEXT, queryNext],
  [Type.QUERY_STATE_CLOSE, queryClose],
  [Type.GET_STATE_METADATA, refuse('key-level endorsement is not supported by the embedded network')],
  [Type.PUT_STATE_METADATA, refuse('key-level endorsement is not supported by the embedded network')],
  [Type.INVOKE_CHAINCODE, refuse('calling another chaincode is not supported by the embedded network')],
]);

/** What chaincode is told when it has registered: how many keys a message may ask for or write. */
export function batchLimits(): Uint8Array {
  const limits = new peer.ChaincodeAdditionalParams();
  limits.setUseGetMultipleKeys(true);
  limits.setMaxSizeGetMultipleKeys(KEYS_PER_MESSAGE);
  limits.setUseWriteBatch(true);
  limits.setMaxSizeWriteBatch(KEYS_PER_MESSAGE);
  return limits.serializeBinary();
}

function getState(context: TransactionContext, payload: Uint8Array): Uint8Array {
  const request = peer.GetState.deserializeBinary(payload);
  return read(context, request.getCollection(), request.getKey());
}

function getStateMultiple(context: TransactionContext, payload: Uint8Array): Uint8Array {
  const request = peer.GetStateMultiple.deserializeBinary(payload);
  const collection = request.getCollection();
  const result = new peer.GetStateMultipleResult();
  result.setValuesList(request.getKeysList().map((key) => read(context, collection, key)));
  return result.serializeBinary();
}

function read(context: TransactionContext, collection: string, key: string): Uint8Array {
  if (collection === '') return context.simulation.getState(key);
  context.checkCollectionAccess(collection, 'read');
  return context.simulation.getPrivate(collection, key);
}

function getPrivateDataHash({ simulation }: TransactionContext, payload: Uint8Array): Uint8Array {
  const request = peer.GetState.deserializeBinary(payload);
  return simulation.getPrivateHash(request.getCollection(), request.getKey());
}

function putState(context: TransactionContext, payload: Uint8Array): Uint8Array {
  const request = peer.PutState.deserializeBinary(payload);
  return write(context, request.getCollection(), request.getKey(), request.getValue_asU8());
}

function writeBatch(context: TransactionContext, payload: Uint8Array): Uint8Array {
  for (const record of peer.WriteBatchState.deserializeBinary(payload).getRecList()) {
    if (record.getType() !== peer.WriteRecord.Type.PUT_STATE) throw new Error('a batch may only put');
    write(context, record.getCollection(), record.getKey(), record.getValue_asU8());
  }
  return NO_BYTES;
}

function deleteState(context: TransactionContext, payload: Uint8Array): Uint8Array {
  const request = peer.DelState.deserializeBinary(payload);
  return write(context, request.getCollection(), request.getKey(), NO_BYTES);
}

function write(context: TransactionContext, collection: string, key: string, value: Uint8Array): Uint8Array {
  if (collection === '') {
    context.simulation.putState(key, value);
  } else {
    context.checkCollectionAccess(collection, 'write');
    context.simulation.putPrivate(collection, key, value);
  }
  return NO_BYTES;
}

function purgePrivateData(context: TransactionContext, payload: Uint8Array): Uint8Array {
  const request = peer.PurgePrivateState.deserializeBinary(payload);
  const collection = request.getCollection();
  if (collection === '') throw new Error('only applicable for private data');
  context.checkCollectionAccess(collection, 'write');
  context.simulation.purgePrivate(collection, request.getKey());
  return NO_BYTES;
}

function getStateByRange(context: TransactionContext, payload: Uint8Array): Uint8Array {
  const request = peer.GetStateByRange.deserializeBinary(payload);
  const { simulation } = context;
  const collection = request.getCollection();
  if (collection !== '') {
    context.checkCollectionAccess(collection, 'read');
    return firstBatch(context, simulation.scanPrivateRange(collection, request.getStartkey(), request.getEndkey()));
  }
  const page = pageRequest(request.getMetadata_asU8());
  if (!page) return firstBatch(context, simulation.scanRange(request.getStartkey(), request.getEndkey()));
  const scan = simulation.scanRangePage(page.bookmark || request.getStartkey(), request.getEndkey());
  const results = new QueryResults(nextQueryId(context), keyValueResults(simulation.namespace, scan), page.size);
  return pageResponse(results, page.size, () => scan.bookmark()).serializeBinary();
}

function getQueryResult(context: TransactionContext, payload: Uint8Array): Uint8Array {
  const request = peer.GetQueryResult.deserializeBinary(payload);
  const { simulation } = context;
  const query = parseQuery(request.getQuery());
  const collection = request.getCollection();
  if (collection !== '') {
    context.checkCollectionAccess(collection, 'read');
    return firstBatch(context, simulation.queryPrivate(collection, query));
  }
  const page = pageRequest(request.getMetadata_asU8());
  if (!page) return firstBatch(context, simulation.query(query));
  const { entries, bookmark } = simulation.queryPage(query, page.size, page.bookmark);
  const results = new QueryResults(nextQueryId(context), keyValueResults(simulation.namespace, entries), page.size);
  return pageResponse(results, page.size, () => bookmark).serializeBinary();
}

function getHistoryForKey(context: TransactionContext, payload: Uint8Array): Uint8Array {
  const entries = context.simulation.history(peer.GetHistoryForKey.deserializeBinary(payload).getKey());
  return openQuery(context, historyResults(entries, context.timestampOf));
}

function queryNext(context: TransactionContext, payload: Uint8Array): Uint8Array {
  const results = context.openQueries.get(peer.QueryStateNext.deserializeBinary(payload).getId());
  if (!results) throw new Error('query iterator not found');
  return batch(context, results);
}

function queryClose({ openQueries }: TransactionContext, payload: Uint8Array): Uint8Array {
  const id = peer.QueryStateClose.deserializeBinary(payload).getId();
  openQueries.get(id)?.close();
  openQueries.delete(id);
  const response = new peer.QueryResponse();
  response.setId(id);
  return response.serializeBinary();
}

function firstBatch(context: TransactionContext, entries: Iterable<StateEntry>): Uint8Array {
  return openQuery(context, keyValueResults(context.simulation.namespace, entries));
}

function openQuery(context: TransactionContext, results: Iterable<Uint8Array, undefined>): Uint8Array {
  if (context.openQueries.size >= MAX_OPEN_QUERIES) throw new Error(`more than ${MAX_OPEN_QUERIES} queries are open`);
  return batch(context, new QueryResults(nextQueryId(context), results));
}

/** The next batch; a query stays open while there is more. */
function batch({ openQueries }: TransactionContext, results: QueryResults): Uint8Array {
  const response = results.nextBatch();
  if (response.getHasMore()) openQueries.set(results.id, results);
  else openQueries.delete(results.id);
  return response.serializeBinary();
}

function nextQueryId(context: TransactionContext): string {
  return `q${context.queryCount++}`;
}

function pageRequest(metadata: Uint8Array): { size: number; bookmark: string } | undefined {
  if (metadata.length === 0) return undefined;
  const message = peer.QueryMetadata.deserializeBinary(metadata);
  const [size, bookmark] = [message.getPagesize(), message.getBookmark()];
  if (size <= 0 && bookmark === '') return undefined;
  return { size: size > 0 ? Math.min(size, TOTAL_QUERY_LIMIT) : TOTAL_QUERY_LIMIT, bookmark };
}

/** What of CouchDB's `_find` is there; anything else is refused rather than left out. */
const QUERY_FIELDS: ReadonlySet<string> = new Set(['selector', 'sort', 'use_index', 'limit', 'skip']);

function parseQuery(text: string): MangoQuery {
  const query: unknown = JSON.parse(text);
  if (typeof query !== 'object' || query === null || !('selector' in query))
    throw new Error('missing_required_key: selector');
  const absent = Object.keys(query).find((name) => !QUERY_FIELDS.has(name));
  if (absent !== undefined) throw new Error(`"${absent}" in a query is not supported by the embedded network`);
  return query as MangoQuery;
}

function refuse(reason: string): RequestHandler {
  return () => {
    throw new Error(reason);
  };
}

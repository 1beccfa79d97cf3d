import type { ChaincodeStub } from 'fabric-shim-api';
import { AuditError, PAYLOAD_COLLECTION } from '../../core/index.js';
import type {
  AgentKey,
  AgentRef,
  JsonObject,
  Locator,
  Openings,
  SessionEntry,
  SessionRef,
  WrittenOpenings,
} from '../../core/index.js';
import { writeJson } from '../json.js';
import { BatchedState } from './batched-state.js';
import { toEntry } from './documents.js';
import type {
  AgentDocument,
  AliasDocument,
  BlockAttestationDocument,
  DocumentOf,
  DocumentType,
  HeadDocument,
  KeyRevoked,
  LifecycleDocument,
  NewPayload,
  NewRecord,
  RecordDocument,
  StateDocument,
} from './documents.js';
import { toAgentKey } from './documents.js';
import * as keys from './keys.js';

/** A Mango query and the index it must use. */
export interface StateQuery {
  selector: JsonObject;
  sort: Record<string, 'asc' | 'desc'>[];
  use_index: [designDocument: string, index: string];
}

/** How a LevelDB peer answers a rich query. */
const NO_RICH_QUERIES = /not supported for leveldb/i;

/**
 * All access to the ledger's state. Values are JSON objects (CouchDB makes anything else an attachment). What is put
 * goes to the peer by `flush`, at the end of the transaction.
 */
export class LedgerState {
  readonly #stub: ChaincodeStub;
  readonly #batched: BatchedState;

  constructor(stub: ChaincodeStub) {
    this.#stub = stub;
    this.#batched = new BatchedState(stub);
  }

  /** Reads what recording these events will ask for first: heads, agents, own ids. */
  async readAhead(groups: readonly (SessionRef & { eventIds: readonly string[] })[]): Promise<void> {
    const wanted = groups.flatMap((group) => [
      keys.headKey(group),
      keys.agentStateKey(group),
      ...group.eventIds.map((eventId) => keys.aliasKey(group.owner, eventId)),
    ]);
    await this.#batched.readAhead([...new Set(wanted)]);
  }

  /** Hands what was put to the peer. */
  async flush(): Promise<void> {
    await this.#batched.flush();
  }

  async head(session: SessionRef): Promise<HeadDocument | undefined> {
    return this.#read('head', keys.headKey(session));
  }

  /** The heads of many sessions, in their order. */
  async heads(sessions: readonly SessionRef[]): Promise<(HeadDocument | undefined)[]> {
    await this.#batched.readAhead(sessions.map((session) => keys.headKey(session)));
    return Promise.all(sessions.map((session) => this.head(session)));
  }

  putHead(head: HeadDocument): void {
    this.#write(keys.headKey(head), head);
  }

  /** The record that starts at `firstSeq`. */
  async record(session: SessionRef, firstSeq: number): Promise<RecordDocument | undefined> {
    return this.#read('record', keys.recordKey(session, firstSeq));
  }

  /** Records that start in `[fromSeq, beforeSeq)`, in their order. */
  async *records(session: SessionRef, fromSeq: number, beforeSeq?: number): AsyncGenerator<RecordDocument> {
    const { start, end } = keys.recordRange(session, fromSeq, beforeSeq);
    for await (const { value } of this.#stub.getStateByRange(start, end)) yield decode('record', value);
  }

  /** The last of the records that start in `[fromSeq, beforeSeq)`; only this one is parsed. */
  async lastRecord(session: SessionRef, fromSeq: number, beforeSeq: number): Promise<RecordDocument | undefined> {
    const { start, end } = keys.recordRange(session, fromSeq, beforeSeq);
    let last: Uint8Array | undefined;
    for await (const { value } of this.#stub.getStateByRange(start, end)) last = value;
    return last && decode('record', last);
  }

  /** A new record: nothing is read here, because reading the head guards its key (see `HeadDocument`). */
  putRecord(record: NewRecord): void {
    this.#write(keys.recordKey(record, record.first_seq), record);
  }

  /** How many versions of a record the peer's own history index knows. */
  async countRecordVersions(record: RecordDocument): Promise<number> {
    const iterator = await this.#stub.getHistoryForKey(keys.recordKey(record, record.first_seq));
    let versions = 0;
    while (!(await iterator.next()).done) versions += 1;
    await iterator.close();
    return versions;
  }

  async alias(owner: string, eventId: string): Promise<AliasDocument | undefined> {
    return this.#read('alias', keys.aliasKey(owner, eventId));
  }

  putAlias(eventId: string, alias: AliasDocument): void {
    this.#write(keys.aliasKey(alias.owner, eventId), alias);
  }

  /** Lifecycle entries of an event, oldest first, behind the entry `after`. */
  async *lifecycle(
    locator: Locator,
    after?: { recorded_at: string; tx_id: string },
  ): AsyncGenerator<LifecycleDocument> {
    const { start, end } = keys.lifecycleRange(locator, after);
    for await (const { value } of this.#stub.getStateByRange(start, end)) yield decode('lifecycle', value);
  }

  /** Lifecycle entries of the events from `fromSeq` to `toSeq`, event by event, oldest first. */
  async *entries(session: SessionRef, fromSeq: number, toSeq: number): AsyncGenerator<SessionEntry> {
    const { start, end } = keys.entriesRange(session, fromSeq, toSeq);
    for await (const { key, value } of this.#stub.getStateByRange(start, end)) {
      yield { ...toEntry(decode('lifecycle', value)), seq: keys.seqOfLifecycleKey(key) };
    }
  }

  putLifecycle(locator: Locator, entry: LifecycleDocument): void {
    this.#write(keys.lifecycleKey(locator, entry.recorded_at, entry.tx_id), entry);
  }

  async agent(ref: AgentRef): Promise<AgentDocument | undefined> {
    return this.#read('agent', keys.agentStateKey(ref));
  }

  putAgent(agent: AgentDocument): void {
    this.#write(keys.agentStateKey(agent), agent);
  }

  /** A key of an agent as it was registered. */
  async registeredKey(ref: AgentRef, keyId: string): Promise<AgentKey | undefined> {
    const document = await this.#read('agent_key', keys.agentKeyKey(ref, keyId));
    return document && toAgentKey(document);
  }

  /** A key of an agent, with its revocation if it has one. */
  async agentKey(ref: AgentRef, keyId: string): Promise<AgentKey | undefined> {
    const key = await this.registeredKey(ref, keyId);
    return key && this.#withRevocation(key);
  }

  /** Keys of an agent in the order of their ids, behind the key `after`. */
  async *agentKeys(ref: AgentRef, after?: string): AsyncGenerator<AgentKey> {
    const { start, end } = keys.agentKeyRange(ref, after);
    for await (const { value } of this.#stub.getStateByRange(start, end)) {
      yield await this.#withRevocation(toAgentKey(decode('agent_key', value)));
    }
  }

  putAgentKey(key: AgentKey): void {
    this.#write(keys.agentKeyKey(key, key.key_id), { doc_type: 'agent_key', v: 1, ...key });
  }

  putKeyRevocation(ref: AgentRef, keyId: string, revoked: KeyRevoked): void {
    this.#write(keys.revocationKey(ref, keyId), { doc_type: 'key_revocation', v: 1, revoked });
  }

  async #withRevocation(key: AgentKey): Promise<AgentKey> {
    const revocation = await this.#read('key_revocation', keys.revocationKey(key, key.key_id));
    return { ...key, ...(revocation && { revoked: revocation.revoked }) };
  }

  async blockAttestation(mspId: string): Promise<BlockAttestationDocument | undefined> {
    return this.#read('block_attestation', keys.blockAttestationKey(mspId));
  }

  async *blockAttestations(): AsyncGenerator<BlockAttestationDocument> {
    const { start, end } = keys.BLOCK_ATTESTATIONS;
    for await (const { value } of this.#stub.getStateByRange(start, end)) yield decode('block_attestation', value);
  }

  putBlockAttestation(mspId: string, attestation: BlockAttestationDocument): void {
    this.#write(keys.blockAttestationKey(mspId), attestation);
  }

  /** Openings of a record's events; `undefined` where there never were any or they are gone. */
  async openings(record: RecordDocument): Promise<Openings[] | undefined> {
    if (record.payload === 'none') return undefined;
    const { key, index } = keys.findPayload(record);
    const value = await this.#stub.getPrivateData(PAYLOAD_COLLECTION, key);
    return value.length === 0 ? undefined : decode('payload', value).events.slice(index, index + record.count);
  }

  /** @param document which of the transaction's payload documents, from 0 */
  putPayload(document: number, events: WrittenOpenings[]): void {
    const payload: NewPayload = { doc_type: 'payload', v: 1, events };
    this.#batched.put(keys.payloadKey(this.#stub.getTxID(), document), encode(payload), PAYLOAD_COLLECTION);
  }

  /** Records in the query's order, fetched `pageSize` at a time. */
  async *queryRecords(query: StateQuery, pageSize: number): AsyncGenerator<RecordDocument> {
    for await (const value of this.#query(query, pageSize)) yield decode('record', value);
  }

  /** Heads in the query's order, fetched `pageSize` at a time. */
  async *queryHeads(query: StateQuery, pageSize: number): AsyncGenerator<HeadDocument> {
    for await (const value of this.#query(query, pageSize)) yield decode('head', value);
  }

  async *#query(query: StateQuery, pageSize: number): AsyncGenerator<Uint8Array> {
    const text = JSON.stringify(query);
    let bookmark = '';
    for (;;) {
      const page = await this.#queryPage(text, pageSize, bookmark);
      yield* page.values;
      if (page.values.length < pageSize) return;
      bookmark = page.bookmark;
    }
  }

  async #queryPage(query: string, pageSize: number, bookmark: string) {
    try {
      const { iterator, metadata } = await this.#stub.getQueryResultWithPagination(query, pageSize, bookmark);
      const values: Uint8Array[] = [];
      for (let next = await iterator.next(); !next.done; next = await iterator.next()) values.push(next.value.value);
      await iterator.close();
      return { values, bookmark: metadata.bookmark };
    } catch (error) {
      if (!(error instanceof Error && NO_RICH_QUERIES.test(error.message))) throw error;
      throw new AuditError('QUERY_UNSUPPORTED', "the peer's state database (LevelDB) has no rich queries");
    }
  }

  async #read<Type extends DocumentType>(type: Type, key: string): Promise<DocumentOf<Type> | undefined> {
    const value = await this.#batched.get(key);
    return value.length === 0 ? undefined : decode(type, value);
  }

  #write(key: string, document: StateDocument | NewRecord): void {
    this.#batched.put(key, encode(document));
  }
}

/** Only this contract writes under its namespace, so a document has the shape that its type and version say. */
function decode<Type extends DocumentType>(type: Type, value: Uint8Array): DocumentOf<Type> {
  const document = JSON.parse(Buffer.from(value).toString()) as { doc_type: unknown; v: unknown };
  if (document.doc_type !== type || document.v !== 1) throw new Error(`a state document is not a ${type} of version 1`);
  return document as DocumentOf<Type>;
}

function encode(document: StateDocument | NewRecord | NewPayload): Uint8Array {
  return Buffer.from(writeJson(document));
}

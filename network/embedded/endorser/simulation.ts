import { compareUtf8 } from '../wire/utf8-order.js';
import { LIFECYCLE, sequenceKey } from '../wire/lifecycle-state.js';
import type {
  HistoryEntry,
  KeyRead,
  KeyWrite,
  MangoQuery,
  NamespaceRwset,
  StateEntry,
  Version,
} from '../ledger/types.js';
import type { StateReader } from './couchdb-values.js';
import { PrivateSimulation, type PrivateWriteSet } from './private-simulation.js';
import { RangeScan } from './range-scan.js';

export interface SimulationResults {
  /** In the order of a peer's TxReadWriteSet. */
  rwset: NamespaceRwset[];
  privateWrites: PrivateWriteSet[];
  /** Collections that were read or written. */
  collections: string[];
}

/** What one transaction may write, keys and values together, in bytes. */
const WRITE_LIMIT_BYTES = 64 * 1_048_576;
const NO_BYTES = new Uint8Array();

/**
 * The simulation of one transaction of one chaincode: it reads the committed state, never its own writes, and collects
 * the read and write sets. Errors are worded as a peer words them; they go to the chaincode.
 */
export class Simulation {
  readonly #reads = new Map<string, Version | undefined>();
  readonly #writes = new Map<string, KeyWrite>();
  readonly #rangeScans: RangeScan[] = [];
  readonly #private: PrivateSimulation;
  #wrote = false;
  #writtenBytes = 0;
  #readOnlyBecause: string | undefined;

  constructor(
    readonly ledger: StateReader,
    readonly txId: string,
    readonly namespace: string,
    collections: ReadonlySet<string>,
    /** Throws for a value that the state database does not take. */
    readonly checkValue: (value: Uint8Array) => void = () => undefined,
  ) {
    this.#private = new PrivateSimulation(ledger, namespace, collections);
  }

  getState(key: string): Uint8Array {
    const entry = this.ledger.state(this.namespace, key);
    this.#reads.set(key, entry?.version);
    return entry?.value ?? NO_BYTES;
  }

  /** An empty value deletes, as in Fabric. */
  putState(key: string, value: Uint8Array): void {
    this.#beforeWrite(key, value);
    this.#writes.set(key, { key, isDelete: value.length === 0, value });
  }

  /** The scan is recorded as far as it is read. */
  scanRange(startKey: string, endKey: string): RangeScan {
    const scan = new RangeScan(this.ledger.stateRange(this.namespace, startKey, endKey), startKey, endKey);
    this.#rangeScans.push(scan);
    return scan;
  }

  /** A page of a range; the next page starts at `bookmark`. */
  scanRangePage(startKey: string, endKey: string): RangeScan {
    this.#beforePagedQuery();
    return this.scanRange(startKey, endKey);
  }

  query(query: MangoQuery): IterableIterator<StateEntry> {
    return this.#recorded(this.ledger.stateQuery(this.namespace, query).entries);
  }

  queryPage(
    query: MangoQuery,
    pageSize: number,
    bookmark: string,
  ): { entries: IterableIterator<StateEntry>; bookmark: string } {
    this.#beforePagedQuery();
    const page = this.ledger.stateQuery(this.namespace, query, { pageSize, bookmark });
    return { entries: this.#recorded(page.entries), bookmark: page.bookmark };
  }

  /** Not part of the read set: Fabric does not protect it at commit. */
  history(key: string): IterableIterator<HistoryEntry> {
    return this.ledger.history(this.namespace, key);
  }

  getPrivate(collection: string, key: string): Uint8Array {
    return this.#private.get(collection, key);
  }

  getPrivateHash(collection: string, key: string): Uint8Array {
    return this.#private.getHash(collection, key);
  }

  putPrivate(collection: string, key: string, value: Uint8Array): void {
    this.#private.checkCollection(collection);
    this.#beforeWrite(key, value);
    this.#private.put(collection, key, value);
  }

  purgePrivate(collection: string, key: string): void {
    this.#private.checkCollection(collection);
    this.#beforeWrite(key, NO_BYTES);
    this.#private.purge(collection, key);
  }

  scanPrivateRange(collection: string, startKey: string, endKey: string): IterableIterator<StateEntry> {
    this.#beforePrivateQuery();
    return this.#private.scanRange(collection, startKey, endKey);
  }

  queryPrivate(collection: string, query: MangoQuery): IterableIterator<StateEntry> {
    this.#beforePrivateQuery();
    return this.#private.query(collection, query);
  }

  /** Ends open scans and gives the read and write sets in Fabric's order: keys by their UTF-8 bytes. */
  results(): SimulationResults {
    this.close();
    const privateWrites = this.#private.writeSets();
    const namespace: NamespaceRwset = {
      namespace: this.namespace,
      reads: sortedByKey([...this.#reads].map(([key, version]): KeyRead => ({ key, ...(version && { version }) }))),
      rangeReads: this.#rangeScans.map((scan) => scan.read()),
      writes: sortedByKey([...this.#writes.values()]),
      collections: this.#private.rwsets(privateWrites),
    };
    const touched = [namespace.reads, namespace.rangeReads, namespace.writes, namespace.collections].some(
      ({ length }) => length > 0,
    );
    return {
      rwset: [this.#definitionRead(), ...(touched ? [namespace] : [])],
      privateWrites,
      collections: this.#private.touched,
    };
  }

  close(): void {
    for (const scan of this.#rangeScans) scan.close();
  }

  /** As on a peer, every transaction has read the sequence of its chaincode's definition. */
  #definitionRead(): NamespaceRwset {
    const key = sequenceKey(this.namespace);
    const version = this.ledger.state(LIFECYCLE, key)?.version;
    const reads = [{ key, ...(version && { version }) }];
    return { namespace: LIFECYCLE, reads, rangeReads: [], writes: [], collections: [] };
  }

  *#recorded(entries: Iterable<StateEntry>): IterableIterator<StateEntry> {
    for (const entry of entries) {
      this.#reads.set(entry.key, entry.version);
      yield entry;
    }
  }

  #beforeWrite(key: string, value: Uint8Array): void {
    if (this.#readOnlyBecause !== undefined) {
      throw new Error(
        `txid [${this.txId}]: unsuppored transaction. Transaction has already performed ${this.#readOnlyBecause}. Writes are not allowed`,
      );
    }
    if (key === '') throw new Error('key must not be an empty string');
    if (key.startsWith('_')) throw new Error(`invalid key [${key}], cannot begin with "_"`);
    this.checkValue(value);
    this.#writtenBytes += key.length + value.length;
    if (this.#writtenBytes > WRITE_LIMIT_BYTES)
      throw new Error(`transaction writes more than ${WRITE_LIMIT_BYTES} bytes`);
    this.#wrote = true;
  }

  #beforePagedQuery(): void {
    if (this.#wrote)
      throw new Error(
        `txid [${this.txId}]: unsuppored transaction. Paginated queries are supported only in a read-only transaction`,
      );
    this.#readOnlyBecause = 'a paginated query';
  }

  #beforePrivateQuery(): void {
    if (this.#wrote)
      throw new Error(
        `txid [${this.txId}]: unsuppored transaction. Queries on pvt data is supported only in a read-only transaction`,
      );
    this.#readOnlyBecause = 'queries on pvt data';
  }
}

function sortedByKey<Item extends { key: string }>(items: Item[]): Item[] {
  return items.sort((a, b) => compareUtf8(a.key, b.key));
}

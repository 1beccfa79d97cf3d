import { compareUtf8 } from '../wire/utf8-order.js';
import { serializePrivateRwset } from '../wire/serialize-rwset.js';
import { sha256 } from '../wire/sha256.js';
import type { StateReader } from './couchdb-values.js';
import type { CollectionRwset, HashedWrite, KeyWrite, MangoQuery, StateEntry, Version } from '../ledger/types.js';

/** Private writes of one collection in plain text. */
export interface PrivateWriteSet {
  namespace: string;
  collection: string;
  /** The serialized KVRWSet that the collection's hash in the public set is over. */
  rwset: Uint8Array;
  writes: KeyWrite[];
}

interface CollectionAccess {
  reads: Map<string, Version | undefined>;
  writes: Map<string, KeyWrite & { isPurge: boolean }>;
}

const NO_BYTES = new Uint8Array();

/** The private collections' part of a simulation: hashes for the channel, plain text for the members. */
export class PrivateSimulation {
  readonly #access = new Map<string, CollectionAccess>();

  constructor(
    readonly ledger: StateReader,
    readonly namespace: string,
    readonly collections: ReadonlySet<string>,
  ) {}

  checkCollection(collection: string): void {
    if (!this.collections.has(collection)) {
      throw new Error(
        `collection [${collection}] not defined in the collection config for chaincode [${this.namespace}]`,
      );
    }
  }

  get(collection: string, key: string): Uint8Array {
    this.checkCollection(collection);
    const entry = this.ledger.privateState(this.namespace, collection, key);
    const hashed = this.ledger.privateHash(this.namespace, collection, sha256(key));
    if (!sameVersion(entry?.version, hashed?.version)) {
      throw new Error('private data matching public hash version is not available');
    }
    this.#of(collection).reads.set(key, entry?.version);
    return entry?.value ?? NO_BYTES;
  }

  getHash(collection: string, key: string): Uint8Array {
    this.checkCollection(collection);
    const hashed = this.ledger.privateHash(this.namespace, collection, sha256(key));
    this.#of(collection).reads.set(key, hashed?.version);
    return hashed?.valueHash ?? NO_BYTES;
  }

  put(collection: string, key: string, value: Uint8Array): void {
    this.#of(collection).writes.set(key, { key, isDelete: value.length === 0, value, isPurge: false });
  }

  purge(collection: string, key: string): void {
    this.#of(collection).writes.set(key, { key, isDelete: true, value: NO_BYTES, isPurge: true });
  }

  scanRange(collection: string, startKey: string, endKey: string): IterableIterator<StateEntry> {
    this.checkCollection(collection);
    return this.ledger.privateRange(this.namespace, collection, startKey, endKey);
  }

  query(collection: string, query: MangoQuery): IterableIterator<StateEntry> {
    this.checkCollection(collection);
    return this.ledger.privateQuery(this.namespace, collection, query).values();
  }

  /** @param writeSets what `writeSets` gave */
  rwsets(writeSets: readonly PrivateWriteSet[]): CollectionRwset[] {
    const hashes = new Map(writeSets.map(({ collection, rwset }) => [collection, sha256(rwset)]));
    return sortedEntries(this.#access).map(([collection, { reads, writes }]) => ({
      collection,
      hashedReads: sortedEntries(reads).map(([key, version]) => ({
        keyHash: sha256(key),
        ...(version && { version }),
      })),
      hashedWrites: sortedEntries(writes).map(([, write]) => hashedWrite(write)),
      pvtRwsetHash: hashes.get(collection) ?? NO_BYTES,
    }));
  }

  /** Collections that were read or written. */
  get touched(): string[] {
    return sortedEntries(this.#access).map(([collection]) => collection);
  }

  writeSets(): PrivateWriteSet[] {
    return sortedEntries(this.#access).flatMap(([collection, { writes }]) => {
      if (writes.size === 0) return [];
      const sorted = sortedEntries(writes).map(([, write]) => write);
      return [{ namespace: this.namespace, collection, rwset: serializePrivateRwset(sorted), writes: sorted }];
    });
  }

  #of(collection: string): CollectionAccess {
    let access = this.#access.get(collection);
    if (!access) this.#access.set(collection, (access = { reads: new Map(), writes: new Map() }));
    return access;
  }
}

function hashedWrite({ key, isDelete, value, isPurge }: KeyWrite & { isPurge: boolean }): HashedWrite {
  return { keyHash: sha256(key), isDelete, valueHash: isDelete ? NO_BYTES : sha256(value), isPurge };
}

/** Fabric orders hashed reads and writes by the plain keys. */
function sortedEntries<Value>(map: ReadonlyMap<string, Value>): [string, Value][] {
  return [...map].sort(([a], [b]) => compareUtf8(a, b));
}

function sameVersion(a: Version | undefined, b: Version | undefined): boolean {
  return a?.blockNum === b?.blockNum && a?.txNum === b?.txNum;
}

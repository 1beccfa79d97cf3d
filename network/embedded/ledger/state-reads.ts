import { sha256 } from '../wire/sha256.js';
import type { IndexDatabase, SqlValue } from './index-database.js';
import type { CommittedVersions } from './mvcc.js';
import type { StateCache } from './state-cache.js';
import type { StateEntry, TransactionPosition, ValidationCode, Version } from './types.js';

type VersionRow = [block: number, tx: number];
type KeyRow = [key: Buffer, block: number, tx: number];
type EntryRow = [key: Buffer, block: number, tx: number, value: Buffer];
type HashRow = [valueHash: Buffer, block: number, tx: number];

/** Rows that a range reads at once: few at first, since most callers want the nearest key. */
const FIRST_CHUNK = 8;
const LARGEST_CHUNK = 512;

/** Reads of the committed state. Ranges hold no cursor open: each chunk starts behind the last key. */
export class StateReads implements CommittedVersions {
  constructor(
    private readonly database: IndexDatabase,
    private readonly cache: StateCache,
  ) {}

  state(namespace: string, key: string): StateEntry | undefined {
    const known = this.cache.get(namespace, key);
    if (known !== undefined) return known ?? undefined;
    const row = this.database.get<[number, number, Buffer]>(
      'SELECT block, tx, value FROM state WHERE namespace = ? AND key = ?',
      [namespace, Buffer.from(key)],
    );
    const entry = row && { key, value: row[2], version: versionOf(row) };
    this.cache.note(namespace, key, entry);
    return entry;
  }

  version(namespace: string, key: string): Version | undefined {
    const known = this.cache.get(namespace, key);
    if (known !== undefined) return known?.version;
    const sql = 'SELECT block, tx FROM state WHERE namespace = ? AND key = ?';
    const row = this.database.get<VersionRow>(sql, [namespace, Buffer.from(key)]);
    return row && versionOf(row);
  }

  range(namespace: string, startKey: string, endKey: string): IterableIterator<StateEntry> {
    const columns = 'key, block, tx, value FROM state WHERE namespace = ?';
    return entriesOf(this.chunks<EntryRow>(columns, [namespace], startKey, endKey));
  }

  *versionRange(namespace: string, startKey: string, endKey: string): Generator<{ key: string; version: Version }> {
    const columns = 'key, block, tx FROM state WHERE namespace = ?';
    for (const [key, ...version] of this.chunks<KeyRow>(columns, [namespace], startKey, endKey)) {
      yield { key: key.toString(), version: versionOf(version) };
    }
  }

  /** Undefined also where only the hash of the value is known. */
  privateState(namespace: string, collection: string, key: string): StateEntry | undefined {
    const row = this.database.get<[number, number, Buffer]>(
      `SELECT block, tx, value FROM private_state
        WHERE namespace = ? AND collection = ? AND key_hash = ? AND key IS NOT NULL`,
      [namespace, collection, sha256(key)],
    );
    return row && { key, value: row[2], version: versionOf(row) };
  }

  privateRange(namespace: string, collection: string, startKey: string, endKey: string): IterableIterator<StateEntry> {
    const columns =
      'key, block, tx, value FROM private_state WHERE key IS NOT NULL AND namespace = ? AND collection = ?';
    return entriesOf(this.chunks<EntryRow>(columns, [namespace, collection], startKey, endKey));
  }

  privateHash(
    namespace: string,
    collection: string,
    keyHash: Uint8Array,
  ): { valueHash: Uint8Array; version: Version } | undefined {
    const row = this.database.get<HashRow>(
      'SELECT value_hash, block, tx FROM private_state WHERE namespace = ? AND collection = ? AND key_hash = ?',
      [namespace, collection, keyHash],
    );
    return row && { valueHash: row[0], version: versionOf([row[1], row[2]]) };
  }

  privateVersion(namespace: string, collection: string, keyHash: Uint8Array): Version | undefined {
    return this.privateHash(namespace, collection, keyHash)?.version;
  }

  transaction(txId: string): TransactionPosition | undefined {
    const sql = 'SELECT block, tx, code FROM transactions WHERE tx_id = ?';
    const row = this.database.get<[number, number, ValidationCode]>(sql, [txId]);
    return row && { blockNum: BigInt(row[0]), txNum: row[1], code: row[2] };
  }

  hasTransaction(txId: string): boolean {
    return this.transaction(txId) !== undefined;
  }

  private *chunks<Row extends [Buffer, ...SqlValue[]]>(
    selection: string,
    parameters: SqlValue[],
    startKey: string,
    endKey: string,
  ): Generator<Row, undefined, undefined> {
    const upper = endKey === '' ? '' : ' AND key < ?';
    const last = endKey === '' ? [] : [Buffer.from(endKey)];
    let from: Uint8Array = Buffer.from(startKey);
    let operator = '>=';
    for (let limit = FIRST_CHUNK; ; limit = Math.min(limit * 4, LARGEST_CHUNK)) {
      const sql = `SELECT ${selection} AND key ${operator} ?${upper} ORDER BY key LIMIT ${limit}`;
      const rows = this.database.all<Row>(sql, [...parameters, from, ...last]);
      yield* rows;
      const lastRow = rows.at(-1);
      if (!lastRow || rows.length < limit) return;
      from = lastRow[0];
      operator = '>';
    }
  }
}

function* entriesOf(rows: Iterable<EntryRow>): Generator<StateEntry> {
  for (const [key, block, tx, value] of rows) yield { key: key.toString(), value, version: versionOf([block, tx]) };
}

function versionOf([block, tx]: readonly [number, number, ...unknown[]]): Version {
  return { blockNum: BigInt(block), txNum: tx };
}

import { LIFECYCLE } from '../wire/lifecycle-state.js';
import type { CollectionLifetimes } from './collection-lifetimes.js';
import type { IndexDatabase, SqlValue } from './index-database.js';
import type { MangoIndexes } from './mango-indexes.js';
import type { StateCache } from './state-cache.js';
import type { StateEntry } from './types.js';
import type { PrivateUpdate, StateUpdate, UpdateBatch } from './update-batch.js';

/** Brings a block's updates into the indexed state. Runs inside the block's transaction. */
export class StateWrites {
  constructor(
    private readonly database: IndexDatabase,
    private readonly cache: StateCache,
    private readonly mango: MangoIndexes,
    private readonly lifetimes: CollectionLifetimes,
  ) {}

  apply(block: number, updates: UpdateBatch): void {
    for (const [namespace, { state, collections }] of updates.namespaces) {
      for (const update of state.values()) this.applyPublic(namespace, block, update);
      for (const [collection, ofCollection] of collections) {
        this.applyPrivate(namespace, collection, block, [...ofCollection.values()]);
      }
    }
    this.database.run('DELETE FROM private_state WHERE expires = ?', [block]);
    if (updates.namespaces.has(LIFECYCLE)) this.lifetimes.forget();
    this.mango.endBlock(block);
  }

  private applyPublic(namespace: string, block: number, update: StateUpdate): void {
    const keyBytes = Buffer.from(update.key);
    const known = this.cache.get(namespace, update.key);
    const before = known === undefined ? this.writeUnknown(namespace, keyBytes, block, update) : known?.value;
    if (known !== undefined) {
      this.writeKnown(namespace, keyBytes, block, update, known !== null);
      this.cache.note(namespace, update.key, entryOf(block, update));
    }
    this.mango.note(namespace, keyBytes, before, update.value);
  }

  private writeKnown(namespace: string, key: Buffer, block: number, update: StateUpdate, isThere: boolean): void {
    if (isThere) this.change(namespace, key, block, update);
    else if (update.value !== null) this.insert([namespace, key, block, update.txNum, update.value]);
  }

  /** @returns the value before; undefined where there was none. */
  private writeUnknown(namespace: string, key: Buffer, block: number, update: StateUpdate): Buffer | undefined {
    const { value, txNum } = update;
    if (value !== null && this.insert([namespace, key, block, txNum, value])) return undefined;
    const sql = 'SELECT value FROM state WHERE namespace = ? AND key = ?';
    const before = this.database.get<[Buffer]>(sql, [namespace, key])?.[0];
    this.change(namespace, key, block, update);
    return before;
  }

  private change(namespace: string, key: Buffer, block: number, { value, txNum }: StateUpdate): void {
    if (value === null) {
      this.database.run('DELETE FROM state WHERE namespace = ? AND key = ?', [namespace, key]);
      return;
    }
    const sql = 'UPDATE state SET block = ?, tx = ?, value = ? WHERE namespace = ? AND key = ?';
    this.database.run(sql, [block, txNum, value, namespace, key]);
  }

  /** Whether the key was not there. */
  private insert(row: SqlValue[]): boolean {
    const sql = 'INSERT INTO state(namespace, key, block, tx, value) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING';
    return this.database.run(sql, row) === 1;
  }

  private applyPrivate(namespace: string, collection: string, block: number, updates: readonly PrivateUpdate[]): void {
    const rows: SqlValue[][] = [];
    const expires = this.lifetimes.expiryBlock(namespace, collection, block);
    for (const { keyHash, valueHash, txNum, isPurge, plain } of updates) {
      const place = [namespace, collection, keyHash];
      if (isPurge) this.database.run('INSERT OR REPLACE INTO purges VALUES (?, ?, ?, ?, ?)', [...place, block, txNum]);
      if (valueHash === null) {
        const sql = 'DELETE FROM private_state WHERE namespace = ? AND collection = ? AND key_hash = ?';
        this.database.run(sql, place);
      } else {
        const key = plain ? Buffer.from(plain.key) : null;
        rows.push([...place, key, block, txNum, valueHash, plain?.value ?? null, expires]);
      }
    }
    const put = (all: string): string => `INSERT INTO private_state VALUES ${all} ${OVERWRITE_PRIVATE}`;
    this.database.runWithAll(put, '(?, ?, ?, ?, ?, ?, ?, ?, ?)', rows);
  }
}

const OVERWRITE_PRIVATE = `ON CONFLICT DO UPDATE SET key = excluded.key, block = excluded.block, tx = excluded.tx,
  value_hash = excluded.value_hash, value = excluded.value, expires = excluded.expires`;

/** With a value of its own: the block's bytes are not kept for it. */
function entryOf(block: number, { key, value, txNum }: StateUpdate): StateEntry | undefined {
  return value === null ? undefined : { key, value: Buffer.from(value), version: { blockNum: BigInt(block), txNum } };
}

import type Database from 'libsql';
import type { VerifiedCheckpoint } from '../../verifier/index.js';
import { timestampFromSeconds } from '../../core/index.js';
import { flush } from './database.js';

/** A checkpoint as it was taken or received: one line of JSON. */
export interface StoredCheckpoint {
  sha256: string;
  height: number;
  observed_by: string;
  observed_at: string;
  document: string;
}

export interface CheckpointFilter {
  observed_by?: string | undefined;
  from_height?: number | undefined;
  to_height?: number | undefined;
  /** In the sortable form; half-open. */
  from?: string | undefined;
  to?: string | undefined;
  limit: number;
  order: 'asc' | 'desc';
}

const SAME_OBSERVER = 8;

/** Checkpoints of this organization and its partners, all of them, for ever. Only verified ones get in here. */
export class CheckpointStore {
  readonly #db: Database.Database;

  constructor(db: Database.Database) {
    this.#db = db;
  }

  has(sha256: string): boolean {
    return this.#db.prepare('SELECT 1 FROM checkpoints WHERE sha256 = ?').get(sha256) !== undefined;
  }

  add({ sha256, height, observedBy, seconds }: VerifiedCheckpoint, document: string): void {
    const insert = this.#db.prepare('INSERT INTO checkpoints VALUES (?, ?, ?, ?, ?)');
    insert.run(sha256, height, observedBy, timestampFromSeconds(seconds, 0), document);
    flush(this.#db);
  }

  list(filter: CheckpointFilter): StoredCheckpoint[] {
    const conditions: [string, string | number | undefined][] = [
      ['observed_by = ?', filter.observed_by],
      ['height >= ?', filter.from_height],
      ['height <= ?', filter.to_height],
      ['observed_at >= ?', filter.from],
      ['observed_at < ?', filter.to],
    ];
    const given = conditions.filter(([, value]) => value !== undefined);
    const where = ['1 = 1', ...given.map(([condition]) => condition)].join(' AND ');
    const order = filter.order === 'asc' ? 'ASC' : 'DESC';
    const query = `SELECT * FROM checkpoints WHERE ${where} ORDER BY observed_at ${order}, sha256 LIMIT ?`;
    return this.#all(query, ...given.map(([, value]) => value ?? ''), filter.limit);
  }

  /** Those that another one could contradict: of the same blocks, or by the same observer, higher before or lower after. */
  neighboursOf({ sha256, height, observedBy, seconds }: VerifiedCheckpoint): StoredCheckpoint[] {
    const at = timestampFromSeconds(seconds, 0);
    const found = [
      ...this.#all('SELECT * FROM checkpoints WHERE height BETWEEN ? AND ? LIMIT 100', height - 1, height + 1),
      ...this.#all(
        'SELECT * FROM checkpoints WHERE observed_by = ? AND observed_at < ? ORDER BY height DESC LIMIT ?',
        observedBy,
        at,
        SAME_OBSERVER,
      ),
      ...this.#all(
        'SELECT * FROM checkpoints WHERE observed_by = ? AND observed_at > ? ORDER BY height LIMIT ?',
        observedBy,
        at,
        SAME_OBSERVER,
      ),
    ];
    return [...new Map(found.map((one) => [one.sha256, one])).values()].filter((one) => one.sha256 !== sha256);
  }

  /** Those that were not yet compared with this organization's own chain, which may not reach them yet. */
  uncompared(limit: number): StoredCheckpoint[] {
    return this.#all(
      'SELECT * FROM checkpoints WHERE sha256 NOT IN (SELECT sha256 FROM compared) ORDER BY height LIMIT ?',
      limit,
    );
  }

  markCompared(sha256: string): void {
    this.#db.prepare('INSERT OR IGNORE INTO compared VALUES (?)').run(sha256);
  }

  /** The highest of each observer. */
  latest(): Pick<StoredCheckpoint, 'observed_by' | 'observed_at' | 'height' | 'sha256'>[] {
    return this.#all(
      'SELECT observed_by, max(observed_at) AS observed_at, height, sha256 FROM checkpoints GROUP BY observed_by',
    );
  }

  #all(query: string, ...values: (string | number)[]): StoredCheckpoint[] {
    return this.#db.prepare(query).all(...values) as StoredCheckpoint[];
  }
}

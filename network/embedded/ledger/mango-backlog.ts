import type { IndexDatabase } from './index-database.js';

/** Where a document stands in one index, and where it should stand; undefined: not at all. */
interface Move {
  key: Buffer;
  stored: Buffer | undefined;
  wanted: Buffer | undefined;
}

/**
 * What one index has not been told yet. It is written several blocks at a time and in the order of the entries: of
 * several entries for the same page, the page is written once.
 */
export class MangoBacklog {
  /** By the key's bytes, one character each. */
  readonly #moves = new Map<string, Move>();

  constructor(
    private readonly database: IndexDatabase,
    private readonly indexId: number,
  ) {}

  get isEmpty(): boolean {
    return this.#moves.size === 0;
  }

  /** @param before and `after`: sort keys of the document before and after a write. */
  add(key: Buffer, before: Buffer | undefined, after: Buffer | undefined): void {
    const name = key.toString('latin1');
    const known = this.#moves.get(name);
    if (known) known.wanted = after;
    else if (before || after) this.#moves.set(name, { key, stored: before, wanted: after });
  }

  /** Runs inside a transaction. */
  write(): void {
    const moves = [...this.#moves.values()].filter(({ stored, wanted }) => !stored || !wanted?.equals(stored));
    for (const entry of entriesOf(moves, 'stored')) {
      const sql = 'DELETE FROM mango_entries WHERE index_id = ? AND sort_key = ? AND key = ?';
      this.database.run(sql, [this.indexId, ...entry]);
    }
    for (const entry of entriesOf(moves, 'wanted')) {
      this.database.run('INSERT OR IGNORE INTO mango_entries VALUES (?, ?, ?)', [this.indexId, ...entry]);
    }
    this.#moves.clear();
  }
}

type Entry = [sortKey: Buffer, key: Buffer];

function entriesOf(moves: readonly Move[], side: 'stored' | 'wanted'): Entry[] {
  return moves
    .flatMap((move): Entry[] => (move[side] ? [[move[side], move.key]] : []))
    .sort(([left, leftKey], [right, rightKey]) => Buffer.compare(left, right) || Buffer.compare(leftKey, rightKey));
}

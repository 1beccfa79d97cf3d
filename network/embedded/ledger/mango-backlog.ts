import type { IndexDatabase } from './index-database.js';

/** Where a document stands in one index, and where it should stand; undefined: not at all. */
interface Move {
  stored: string | undefined;
  wanted: string | undefined;
}

/**
 * What one index has not been told yet. It is written several blocks at a time and in the order of the entries: of
 * several entries for the same page, the page is written once. Keys and sort keys are byte strings (`IndexedDocument`).
 */
export class MangoBacklog {
  readonly #moves = new Map<string, Move>();

  constructor(
    private readonly database: IndexDatabase,
    private readonly indexId: number,
  ) {}

  get size(): number {
    return this.#moves.size;
  }

  /**
   * @param after sort key of the document after a write.
   * @param before that before the write: asked for only where it is not known where the document's entry is.
   */
  add(key: string, after: string | undefined, before: () => string | undefined = isNew): void {
    const known = this.#moves.get(key);
    if (known) {
      known.wanted = after;
      return;
    }
    const stored = before();
    if (stored !== after) this.#moves.set(key, { stored, wanted: after });
  }

  /** Runs inside a transaction. */
  write(): void {
    const remove = `DELETE FROM mango_entries WHERE index_id = ${this.indexId} AND (sort_key, key) IN`;
    this.database.runWithAll((rows) => `${remove} (VALUES ${rows})`, '(?, ?)', this.entries('stored'));
    const insert = 'INSERT OR IGNORE INTO mango_entries VALUES';
    this.database.runWithAll((rows) => `${insert} ${rows}`, `(${this.indexId}, ?, ?)`, this.entries('wanted'));
    this.#moves.clear();
  }

  private entries(side: 'stored' | 'wanted'): [sortKey: Buffer, key: Buffer][] {
    const entries: [sortKey: string, key: string][] = [];
    for (const [key, move] of this.#moves) {
      const sortKey = move[side];
      if (sortKey !== undefined && move.stored !== move.wanted) entries.push([sortKey, key]);
    }
    return entries
      .sort(([left, leftKey], [right, rightKey]) => compareBytes(left, right) || compareBytes(leftKey, rightKey))
      .map(([sortKey, key]) => [Buffer.from(sortKey, 'latin1'), Buffer.from(key, 'latin1')]);
  }
}

function isNew(): undefined {
  return undefined;
}

function compareBytes(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

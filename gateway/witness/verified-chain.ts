import type Database from 'libsql';

/** Hashes of all blocks that this organization has verified, from the first on: its own memory of the chain. */
export class VerifiedChain {
  readonly #db: Database.Database;
  /** Both are needed for every block. */
  readonly #select: Database.Statement;
  readonly #insert: Database.Statement;
  #height: number;
  /** Of the last block, which the next one is compared with. */
  #lastHash: string | undefined;

  constructor(db: Database.Database) {
    this.#db = db;
    this.#select = db.prepare('SELECT hash FROM blocks WHERE number = ?');
    this.#insert = db.prepare('INSERT INTO blocks VALUES (?, ?, ?)');
    const { height } = db.prepare('SELECT coalesce(max(number) + 1, 0) AS height FROM blocks').get() as {
      height: number;
    };
    this.#height = height;
  }

  /** Number of verified blocks. */
  get height(): number {
    return this.#height;
  }

  /** In hex; `undefined` for a block that was not verified. */
  hashOf(number: number): string | undefined {
    if (number === this.#height - 1 && this.#lastHash !== undefined) return this.#lastHash;
    const row = this.#select.get(number) as { hash: Uint8Array } | undefined;
    return row && Buffer.from(row.hash).toString('hex');
  }

  /** @param substance whether the block holds anything besides attestations of blocks. */
  append(hash: Uint8Array, substance: boolean): void {
    this.#insert.run(this.#height, Buffer.from(hash), substance ? 1 : 0);
    this.#height += 1;
    this.#lastHash = Buffer.from(hash).toString('hex');
  }

  /** The last block from `from` on that holds more than attestations, and the first such. */
  substanceFrom(from: number): { first: number; last: number } | undefined {
    const query = 'SELECT min(number) AS first, max(number) AS last FROM blocks WHERE number >= ? AND substance = 1';
    const { first, last } = this.#db.prepare(query).get(from) as { first: number | null; last: number | null };
    return first === null || last === null ? undefined : { first, last };
  }
}

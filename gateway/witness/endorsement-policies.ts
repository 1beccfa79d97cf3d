import type Database from 'libsql';

/** Which endorsement policy of the contract the verified blocks have put in force, and from where on. */
export class EndorsementPolicies {
  readonly #select: Database.Statement;
  readonly #insert: Database.Statement;

  constructor(db: Database.Database) {
    this.#select = db.prepare('SELECT policy FROM policies WHERE block < ? ORDER BY block DESC LIMIT 1');
    this.#insert = db.prepare('INSERT OR IGNORE INTO policies VALUES (?, ?)');
  }

  /** For the transactions of a block; `undefined` where no definition in the blocks before spells one out. */
  at(block: number): Uint8Array | undefined {
    const row = this.#select.get(block) as { policy: Uint8Array } | undefined;
    return row && row.policy.length > 0 ? new Uint8Array(row.policy) : undefined;
  }

  /** A block that is taken again says the same again. */
  keep(block: number, policy: Uint8Array): void {
    this.#insert.run(block, Buffer.from(policy));
  }
}

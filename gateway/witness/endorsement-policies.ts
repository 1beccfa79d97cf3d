import type Database from 'libsql';

/** Which endorsement policy of the contract the verified blocks have put in force, and from where on. */
export class EndorsementPolicies {
  readonly #select: Database.Statement;
  readonly #insert: Database.Statement;
  /** That of most transactions; `undefined` where it has to be read. */
  #newest: { block: number; policy: Uint8Array } | undefined;

  constructor(db: Database.Database) {
    this.#select = db.prepare('SELECT block, policy FROM policies WHERE block < ? ORDER BY block DESC LIMIT 1');
    this.#insert = db.prepare('INSERT OR IGNORE INTO policies VALUES (?, ?)');
  }

  /** For the transactions of a block; `undefined` where no definition in the blocks before spells one out. */
  at(block: number): Uint8Array | undefined {
    this.#newest ??= this.#before(Number.MAX_SAFE_INTEGER);
    const inForce = this.#newest && this.#newest.block < block ? this.#newest : this.#before(block);
    return inForce && inForce.policy.length > 0 ? inForce.policy : undefined;
  }

  /** A block that is taken again says the same again. */
  keep(block: number, policy: Uint8Array): void {
    this.#insert.run(block, Buffer.from(policy));
    this.#newest = undefined;
  }

  #before(block: number): { block: number; policy: Uint8Array } | undefined {
    const row = this.#select.get(block) as { block: number; policy: Uint8Array } | undefined;
    return row && { block: row.block, policy: new Uint8Array(row.policy) };
  }
}

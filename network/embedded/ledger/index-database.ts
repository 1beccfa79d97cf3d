import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'libsql';
import { LedgerError } from './ledger-error.js';

/** Another number makes every index be rebuilt from the blocks. */
const FORMAT = 6;

/** How much appended work one SQLite transaction holds: pages that are changed again and again are written once for it. */
const APPENDS_PER_COMMIT = 32;

/** How many rows a statement is for, where there are many: to call one takes as long as to insert a row. */
const ROWS_PER_STATEMENT = [64, 8, 1];

export type SqlValue = number | string | Uint8Array | null;

/**
 * Keys are BLOBs, so that they sort by their UTF-8 bytes. History holds positions: the values are in the blocks.
 * A private key's row is there on every peer, with key and value only where the plain text is known.
 */
const SCHEMA = `
  CREATE TABLE meta(name TEXT PRIMARY KEY, value) WITHOUT ROWID;
  CREATE TABLE blocks(
    number INTEGER PRIMARY KEY, hash BLOB, commit_hash BLOB, metadata_sha256 BLOB,
    file INTEGER, offset INTEGER, length INTEGER,
    private_file INTEGER, private_offset INTEGER, private_length INTEGER);
  CREATE UNIQUE INDEX blocks_hash ON blocks(hash);
  CREATE INDEX blocks_file ON blocks(file, number);
  CREATE INDEX blocks_private_file ON blocks(private_file, number);
  CREATE TABLE sealed_files(series TEXT, file INTEGER, fingerprint TEXT, PRIMARY KEY(series, file)) WITHOUT ROWID;
  CREATE TABLE transactions(tx_id TEXT PRIMARY KEY, block INTEGER, tx INTEGER, code INTEGER) WITHOUT ROWID;
  CREATE TABLE state(namespace TEXT, key BLOB, block INTEGER, tx INTEGER, value BLOB);
  CREATE UNIQUE INDEX state_key ON state(namespace, key);
  CREATE TABLE history(
    namespace TEXT, key BLOB, block INTEGER, tx INTEGER, PRIMARY KEY(namespace, key, block, tx)) WITHOUT ROWID;
  CREATE TABLE private_state(
    namespace TEXT, collection TEXT, key_hash BLOB, key BLOB, block INTEGER, tx INTEGER, value_hash BLOB, value BLOB,
    expires INTEGER);
  CREATE INDEX private_state_expires ON private_state(expires) WHERE expires IS NOT NULL;
  CREATE UNIQUE INDEX private_state_hash ON private_state(namespace, collection, key_hash);
  CREATE INDEX private_state_key ON private_state(namespace, collection, key) WHERE key IS NOT NULL;
  CREATE TABLE purges(
    namespace TEXT, collection TEXT, key_hash BLOB, block INTEGER, tx INTEGER,
    PRIMARY KEY(namespace, collection, key_hash)) WITHOUT ROWID;
  CREATE TABLE mango_indexes(
    id INTEGER PRIMARY KEY, namespace TEXT, ddoc TEXT, name TEXT, fields TEXT, filter TEXT, blocks INTEGER,
    UNIQUE(namespace, ddoc, name));
  CREATE TABLE mango_entries(
    index_id INTEGER, sort_key BLOB, key BLOB, PRIMARY KEY(index_id, sort_key, key)) WITHOUT ROWID;
`;

/** The index beside the block files: an SQLite database that can be thrown away and made again. */
export class IndexDatabase {
  readonly #statements = new Map<string, Database.Statement>();
  /** Appended work that the file has not got yet. */
  #appended = 0;
  #hasLostWork = false;

  private constructor(private readonly database: Database.Database) {}

  /**
   * Opens the index, or starts an empty one where it is missing, of another format or damaged.
   * @throws {LedgerError} LEDGER_LOCKED
   */
  static open(path: string): IndexDatabase {
    mkdirSync(dirname(path), { recursive: true });
    const found = IndexDatabase.openExisting(path);
    if (found) return found;
    for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(path + suffix, { force: true });
    const fresh = connect(path);
    fresh.exec(SCHEMA);
    fresh.exec(`INSERT INTO meta VALUES ('format', ${FORMAT})`);
    return new IndexDatabase(fresh).markInUse();
  }

  /** Undefined where there is none that can be used. @throws {LedgerError} LEDGER_LOCKED */
  static openExisting(path: string): IndexDatabase | undefined {
    const found = existsSync(path) ? openUsable(path) : undefined;
    return found && new IndexDatabase(found).markInUse();
  }

  get<Row extends SqlValue[]>(sql: string, parameters: SqlValue[] = []): Readonly<Row> | undefined {
    return this.statement(sql).get(parameters) as Row | undefined;
  }

  all<Row extends SqlValue[]>(sql: string, parameters: SqlValue[] = []): Row[] {
    return this.statement(sql).all(parameters) as Row[];
  }

  run(sql: string, parameters: SqlValue[] = []): number {
    return this.statement(sql).run(parameters).changes;
  }

  /**
   * Rows that are alike, with few statements.
   * @param statement from the placeholders of its rows
   * @param row placeholders of one, in parentheses
   */
  runWithAll(statement: (rows: string) => string, row: string, rows: readonly SqlValue[][]): void {
    let done = 0;
    for (const size of ROWS_PER_STATEMENT) {
      for (; rows.length - done >= size; done += size) {
        const sql = statement(Array<string>(size).fill(row).join());
        this.run(sql, rows.slice(done, done + size).flat());
      }
    }
  }

  /** All or nothing; not nested. */
  transaction<Result>(work: () => Result): Result {
    this.commitAppended();
    this.database.exec('BEGIN');
    try {
      const result = work();
      this.database.exec('COMMIT');
      return result;
    } catch (error) {
      this.rollBack();
      throw error;
    }
  }

  /**
   * A transaction that the file may get later, together with those that follow: a crash loses the last of them, each
   * whole. Where one fails, those that wait are taken back with it, and nothing can be asked of the database any more.
   */
  append(work: () => void): void {
    if (this.#appended === 0) this.database.exec('BEGIN');
    this.#appended += 1;
    try {
      work();
      if (this.#appended >= APPENDS_PER_COMMIT) this.commitAppended();
    } catch (error) {
      this.#hasLostWork = true;
      this.#appended = 0;
      this.rollBack();
      throw error;
    }
  }

  /**
   * Puts everything on the disk before it notes that it has, so that the note can be believed after a power cut. The
   * lock is given up by hand: the connection lives on until its statements are collected as garbage.
   */
  close(): void {
    if (this.#hasLostWork) {
      release(this.database);
      return;
    }
    this.commitAppended();
    this.database.exec('PRAGMA synchronous=FULL');
    this.get('PRAGMA wal_checkpoint(TRUNCATE)');
    this.run("INSERT OR REPLACE INTO meta VALUES ('clean', 1)");
    this.#statements.clear();
    release(this.database);
  }

  /**
   * From here on losing the last transactions is harmless: they are applied again from the blocks. Only the note that
   * the database is in use must reach the disk first.
   */
  private markInUse(): this {
    this.run("INSERT OR REPLACE INTO meta VALUES ('clean', 0), ('boot', ?)", [bootId()]);
    this.get('PRAGMA wal_checkpoint(TRUNCATE)');
    this.database.exec('PRAGMA synchronous=OFF');
    return this;
  }

  /** SQLite may have done so by itself, when the disk is full: what failed is what the caller is told. */
  private rollBack(): void {
    try {
      this.database.exec('ROLLBACK');
    } catch {
      // nothing is open any more
    }
  }

  private commitAppended(): void {
    if (this.#appended === 0) return;
    this.#appended = 0;
    try {
      this.database.exec('COMMIT');
    } catch (error) {
      this.#hasLostWork = true;
      throw error;
    }
  }

  /** Parameters go to libsql as one array: any other single object would be taken for named parameters. */
  private statement(sql: string): Database.Statement {
    if (this.#hasLostWork) throw new Error('the index has lost blocks; opening the ledger again brings it up to date');
    const known = this.#statements.get(sql);
    if (known) return known;
    const statement = this.database.prepare(sql);
    if (statement.reader) statement.raw();
    this.#statements.set(sql, statement);
    return statement;
  }
}

function connect(path: string): Database.Database {
  const database = new Database(path);
  try {
    database.exec('PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL');
    database.exec('PRAGMA wal_autocheckpoint=4000; PRAGMA cache_size=-16000');
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** An exclusive lock on a database in WAL mode can be given up only by leaving that mode first. */
function release(database: Database.Database): void {
  database.exec('PRAGMA journal_mode=DELETE; PRAGMA locking_mode=NORMAL; SELECT count(*) FROM sqlite_schema');
  database.close();
}

function openUsable(path: string): Database.Database | undefined {
  let database: Database.Database | undefined;
  try {
    database = connect(path);
    if (isUsable(database)) return database;
  } catch (cause) {
    if (isBusy(cause))
      throw new LedgerError('LEDGER_LOCKED', 'another process has the ledger open', undefined, { cause });
  }
  database?.close();
  return undefined;
}

function isUsable(database: Database.Database): boolean {
  if (!database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'meta'").raw().get([])) return false;
  const meta = new Map(database.prepare('SELECT name, value FROM meta').raw().all([]) as [string, number | string][]);
  if (meta.get('format') !== FORMAT) return false;
  // A process that dies leaves what it wrote to the operating system; only a machine that goes down can lose some of it.
  if (meta.get('clean') === 1 || (bootId() !== null && meta.get('boot') === bootId())) return true;
  const [verdict] = database.prepare('PRAGMA quick_check(1)').raw().get([]) as [string];
  return verdict === 'ok';
}

/** Changes whenever the machine starts; null where the system does not tell. */
function bootId(): string | null {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8');
  } catch {
    return null;
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('SQLITE_BUSY');
}

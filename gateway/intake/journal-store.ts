import { chmodSync, closeSync, fdatasync, fsyncSync, openSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import Database from 'libsql';
import type { DurableStore } from './group-commit.js';

const VERSION = 2;

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS requests (
    id INTEGER PRIMARY KEY, submission TEXT NOT NULL UNIQUE, subject TEXT NOT NULL, key TEXT, digest TEXT,
    events INTEGER NOT NULL, created_ms INTEGER NOT NULL, UNIQUE (subject, key));
  CREATE TABLE IF NOT EXISTS entries (
    id INTEGER PRIMARY KEY, kind TEXT NOT NULL, bundle INTEGER, submitted_by TEXT, accepted INTEGER NOT NULL,
    request_id INTEGER, position INTEGER, placed INTEGER NOT NULL, content TEXT NOT NULL);
  CREATE INDEX IF NOT EXISTS entries_by_request ON entries (request_id) WHERE request_id IS NOT NULL;
  CREATE TABLE IF NOT EXISTS results (
    request_id INTEGER NOT NULL REFERENCES requests (id) ON DELETE CASCADE, position INTEGER NOT NULL,
    result TEXT NOT NULL, PRIMARY KEY (request_id, position)) WITHOUT ROWID;
  PRAGMA user_version = ${VERSION};
`;

/** Version 1 kept receipts of idempotency keys only, and no event before it had its place. */
const FROM_VERSION_1 = `
  INSERT INTO requests SELECT id, lower(hex(randomblob(16))), subject, key, digest,
    (SELECT count(*) FROM receipts WHERE key_id = keys.id), created_ms FROM keys;
  INSERT INTO entries SELECT id, kind, bundle, submitted_by, 0, key_id, position, 1, sealed FROM entries_1;
  INSERT INTO results SELECT key_id, position, json_object('status', 'recorded', 'receipt', json(receipt)) FROM receipts;
  DROP TABLE receipts; DROP TABLE entries_1; DROP TABLE keys;
`;

export interface EntryRow {
  id: number;
  kind: 'plain' | 'sealed';
  bundle: number | null;
  submitted_by: string | null;
  accepted: 0 | 1;
  request_id: number | null;
  position: number | null;
  placed: 0 | 1;
  content: string;
}

export interface RequestRow {
  id: number;
  submission: string;
  subject: string;
  key: string | null;
  digest: string | null;
  events: number;
}

export interface ResultRow {
  request_id: number;
  position: number;
  result: string;
}

/** How long results are kept, and of how many events at most. */
export interface Retention {
  keepMs: number;
  keepEvents: number;
}

const REQUEST_COLUMNS = 'id, submission, subject, key, digest, events';
const fdatasyncOf = promisify(fdatasync);

/**
 * The journal's tables in SQLite. With `synchronous = NORMAL` a commit goes to the write-ahead log without a sync
 * (sqlite.org/pragma.html#pragma_synchronous); SQLite syncs the log before it overwrites the database from it, and
 * the database before it starts the log anew. So everything committed is durable once the log is: `sync` does that
 * outside the thread that serves requests.
 */
export class JournalStore implements DurableStore {
  readonly #db: Database.Database;
  readonly #log: number;
  readonly #statements: ReturnType<typeof prepareStatements>;

  /** @throws where the file is damaged or cannot be written. */
  constructor(file: string) {
    this.#db = openDatabase(file);
    this.#log = openSync(`${file}-wal`, 'r+');
    syncFolder(path.dirname(file));
    this.#statements = prepareStatements(this.#db);
  }

  write<T>(body: () => T): T {
    this.#db.exec('BEGIN IMMEDIATE');
    try {
      const result = body();
      this.#db.exec('COMMIT');
      return result;
    } catch (error) {
      if (this.#db.inTransaction) this.#db.exec('ROLLBACK');
      throw error;
    }
  }

  sync(): Promise<void> {
    return fdatasyncOf(this.#log);
  }

  close(): void {
    closeSync(this.#log);
    this.#db.close();
  }

  /** Writes what is there already. */
  touch(): void {
    this.#db.exec(`PRAGMA user_version = ${VERSION}`);
  }

  insertRequest({ submission, subject, key, digest, events }: Omit<RequestRow, 'id'>): number {
    const insert = this.#statements.insertRequest;
    return Number(insert.run(submission, subject, key, digest, events, Date.now()).lastInsertRowid);
  }

  insertEntry(row: Omit<EntryRow, 'id'>): number {
    const { kind, bundle, submitted_by, accepted, request_id, position, placed, content } = row;
    const insert = this.#statements.insertEntry;
    const { lastInsertRowid } = insert.run(kind, bundle, submitted_by, accepted, request_id, position, placed, content);
    return Number(lastInsertRowid);
  }

  updateEntry({ id, placed, content }: Pick<EntryRow, 'id' | 'placed' | 'content'>): void {
    this.#statements.updateEntry.run(placed, content, id);
  }

  deleteEntries(ids: readonly number[]): void {
    this.#statements.deleteEntries.run(JSON.stringify(ids));
  }

  putResults(rows: readonly ResultRow[]): void {
    this.#statements.putResults.run(JSON.stringify(rows));
  }

  entries(): EntryRow[] {
    return this.#statements.entries.all() as EntryRow[];
  }

  requestOfKey(subject: string, key: string): RequestRow | undefined {
    return this.#statements.requestOfKey.get(subject, key) as RequestRow | undefined;
  }

  requestOfSubmission(submission: string): RequestRow | undefined {
    return this.#statements.requestOfSubmission.get(submission) as RequestRow | undefined;
  }

  request(id: number): RequestRow | undefined {
    return this.#statements.request.get(id) as RequestRow | undefined;
  }

  resultsOf(requestId: number): ResultRow[] {
    return this.#statements.resultsOf.all(requestId) as ResultRow[];
  }

  lastBundle(): number {
    return (this.#statements.lastBundle.get() as { last: number | null }).last ?? 0;
  }

  keptEvents(): number {
    return (this.#statements.keptEvents.get() as { kept: number | null }).kept ?? 0;
  }

  /** Forgets the oldest requests of which nothing waits: up to `most` that are older, or stand for too many events. */
  forget(beforeMs: number, excessEvents: number, most: number): number {
    let forgotten = 0;
    const ids: number[] = [];
    const oldest = this.#statements.oldestRequests.all(most) as { id: number; events: number; created_ms: number }[];
    for (const { id, events, created_ms: createdMs } of oldest) {
      if (createdMs >= beforeMs && forgotten >= excessEvents) break;
      ids.push(id);
      forgotten += events;
    }
    if (ids.length > 0) this.#statements.deleteRequests.run(JSON.stringify(ids));
    return forgotten;
  }
}

function openDatabase(file: string): Database.Database {
  const db = new Database(file);
  chmodSync(file, 0o600);
  db.exec(
    'PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON;',
  );
  const isVersion1 = db.prepare("SELECT 1 FROM sqlite_master WHERE name = 'keys'").get() !== undefined;
  if (isVersion1) db.exec(`BEGIN; ALTER TABLE entries RENAME TO entries_1; ${SCHEMA} ${FROM_VERSION_1} COMMIT;`);
  else db.exec(`BEGIN; ${SCHEMA} COMMIT;`);
  return db;
}

/** So that the files themselves are found again. */
function syncFolder(dir: string): void {
  const folder = openSync(dir, 'r');
  fsyncSync(folder);
  closeSync(folder);
}

function prepareStatements(db: Database.Database) {
  return {
    insertRequest: db.prepare(
      'INSERT INTO requests (submission, subject, key, digest, events, created_ms) VALUES (?, ?, ?, ?, ?, ?)',
    ),
    insertEntry: db.prepare(
      `INSERT INTO entries (kind, bundle, submitted_by, accepted, request_id, position, placed, content)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    updateEntry: db.prepare('UPDATE entries SET placed = ?, content = ? WHERE id = ?'),
    deleteEntries: db.prepare('DELETE FROM entries WHERE id IN (SELECT value FROM json_each(?))'),
    putResults: db.prepare(
      `INSERT OR REPLACE INTO results (request_id, position, result)
       SELECT value ->> 'request_id', value ->> 'position', value ->> 'result' FROM json_each(?)
       WHERE EXISTS (SELECT 1 FROM requests WHERE id = value ->> 'request_id')`,
    ),
    entries: db.prepare('SELECT * FROM entries ORDER BY id'),
    request: db.prepare(`SELECT ${REQUEST_COLUMNS} FROM requests WHERE id = ?`),
    requestOfKey: db.prepare(`SELECT ${REQUEST_COLUMNS} FROM requests WHERE subject = ? AND key = ?`),
    requestOfSubmission: db.prepare(`SELECT ${REQUEST_COLUMNS} FROM requests WHERE submission = ?`),
    resultsOf: db.prepare('SELECT request_id, position, result FROM results WHERE request_id = ?'),
    lastBundle: db.prepare('SELECT max(bundle) AS last FROM entries'),
    keptEvents: db.prepare('SELECT sum(events) AS kept FROM requests'),
    oldestRequests: db.prepare(
      `SELECT id, events, created_ms FROM requests
       WHERE NOT EXISTS (SELECT 1 FROM entries WHERE request_id = requests.id) ORDER BY id LIMIT ?`,
    ),
    deleteRequests: db.prepare('DELETE FROM requests WHERE id IN (SELECT value FROM json_each(?))'),
  };
}

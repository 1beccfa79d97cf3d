import { chmodSync, closeSync, fdatasync, fsyncSync, openSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import Database from 'libsql';
import type { DurableStore } from './group-commit.js';

const VERSION = 3;

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS requests (
    id INTEGER PRIMARY KEY, submission TEXT NOT NULL UNIQUE, subject TEXT NOT NULL, key TEXT, digest TEXT,
    events INTEGER NOT NULL, created_ms INTEGER NOT NULL, UNIQUE (subject, key));
  CREATE TABLE IF NOT EXISTS sheets (id INTEGER PRIMARY KEY, content TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS gone (
    sheet INTEGER NOT NULL REFERENCES sheets (id) ON DELETE CASCADE, entry INTEGER NOT NULL,
    PRIMARY KEY (sheet, entry)) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS results (
    request_id INTEGER NOT NULL REFERENCES requests (id) ON DELETE CASCADE, position INTEGER NOT NULL,
    result TEXT NOT NULL, PRIMARY KEY (request_id, position)) WITHOUT ROWID;
  PRAGMA user_version = ${VERSION};
`;

/** Version 1 kept receipts of idempotency keys only, and no event before it had its place. */
const FROM_VERSION_1 = `
  INSERT INTO requests SELECT id, lower(hex(randomblob(16))), subject, key, digest,
    (SELECT count(*) FROM receipts WHERE key_id = keys.id), created_ms FROM keys;
  INSERT INTO results SELECT key_id, position, json_object('status', 'recorded', 'receipt', json(receipt)) FROM receipts;
  ALTER TABLE entries RENAME COLUMN key_id TO request_id;
  ALTER TABLE entries RENAME COLUMN sealed TO content;
  ALTER TABLE entries ADD COLUMN accepted INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE entries ADD COLUMN placed INTEGER NOT NULL DEFAULT 1;
  DROP TABLE receipts; DROP TABLE keys;
`;

/** Up to version 2 each entry had a row of its own. */
const FROM_VERSION_2 = `
  INSERT INTO sheets SELECT id, json_array(json_object('id', id, 'kind', kind, 'bundle', bundle,
    'submitted_by', submitted_by, 'accepted', accepted, 'request_id', request_id, 'position', position,
    'placed', placed, 'event', json(content))) FROM entries;
  DROP TABLE entries;
`;

/** Entries that were written together: they come in one row and leave in one, most often also together. */
export interface SheetRow {
  id: number;
  content: string;
}

/** An entry that is no longer in its sheet: it is settled, or stands in a later one. */
export interface GoneEntry {
  sheet: number;
  entry: number;
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

export interface ForgetLimits {
  beforeMs: number;
  excessEvents: number;
  most: number;
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

  insertSheet(content: string): number {
    return Number(this.#statements.insertSheet.run(content).lastInsertRowid);
  }

  deleteSheets(ids: readonly number[]): void {
    if (ids.length > 0) this.#statements.deleteSheets.run(JSON.stringify(ids));
  }

  putGone(entries: readonly GoneEntry[]): void {
    if (entries.length > 0) this.#statements.putGone.run(JSON.stringify(entries));
  }

  putResults(rows: readonly ResultRow[]): void {
    if (rows.length > 0) this.#statements.putResults.run(JSON.stringify(rows));
  }

  sheets(): SheetRow[] {
    return this.#statements.sheets.all() as SheetRow[];
  }

  goneEntries(): GoneEntry[] {
    return this.#statements.goneEntries.all() as GoneEntry[];
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

  keptEvents(): number {
    return (this.#statements.keptEvents.get() as { kept: number | null }).kept ?? 0;
  }

  /**
   * Forgets the oldest requests, up to `most`, that are older or stand for too many events.
   * @param waiting requests that are kept, because something of them is not settled.
   */
  forget(waiting: readonly number[], { beforeMs, excessEvents, most }: ForgetLimits): number {
    let forgotten = 0;
    const ids: number[] = [];
    const oldest = this.#statements.oldestRequests.all(JSON.stringify(waiting), most) as {
      id: number;
      events: number;
      created_ms: number;
    }[];
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
  const hasTable = (name: string) =>
    db.prepare("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?").get(name) !== undefined;
  const steps = [hasTable('keys') ? FROM_VERSION_1 : '', hasTable('entries') ? FROM_VERSION_2 : ''];
  db.exec(`BEGIN; ${SCHEMA} ${steps.join('')} COMMIT;`);
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
    insertSheet: db.prepare('INSERT INTO sheets (content) VALUES (?)'),
    deleteSheets: db.prepare('DELETE FROM sheets WHERE id IN (SELECT value FROM json_each(?))'),
    putGone: db.prepare(
      `INSERT OR IGNORE INTO gone (sheet, entry)
       SELECT value ->> 'sheet', value ->> 'entry' FROM json_each(?)`,
    ),
    putResults: db.prepare(
      `INSERT OR REPLACE INTO results (request_id, position, result)
       SELECT value ->> 'request_id', value ->> 'position', value ->> 'result' FROM json_each(?)
       WHERE EXISTS (SELECT 1 FROM requests WHERE id = value ->> 'request_id')`,
    ),
    sheets: db.prepare('SELECT id, content FROM sheets ORDER BY id'),
    goneEntries: db.prepare('SELECT sheet, entry FROM gone'),
    request: db.prepare(`SELECT ${REQUEST_COLUMNS} FROM requests WHERE id = ?`),
    requestOfKey: db.prepare(`SELECT ${REQUEST_COLUMNS} FROM requests WHERE subject = ? AND key = ?`),
    requestOfSubmission: db.prepare(`SELECT ${REQUEST_COLUMNS} FROM requests WHERE submission = ?`),
    resultsOf: db.prepare('SELECT request_id, position, result FROM results WHERE request_id = ?'),
    keptEvents: db.prepare('SELECT sum(events) AS kept FROM requests'),
    oldestRequests: db.prepare(
      `SELECT id, events, created_ms FROM requests
       WHERE id NOT IN (SELECT value FROM json_each(?)) ORDER BY id LIMIT ?`,
    ),
    deleteRequests: db.prepare('DELETE FROM requests WHERE id IN (SELECT value FROM json_each(?))'),
  };
}

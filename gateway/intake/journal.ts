import { chmodSync } from 'node:fs';
import path from 'node:path';
import Database from 'libsql';
import { ConfigError } from '../config-error.js';
import { lockFolder } from './folder-lock.js';
import type { SealedEvent } from '../../core/index.js';
import type { Entry, EventResult, IdempotencyKey, JournaledEntry } from './entry.js';
import type { Receipt } from './receipt.js';

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS keys (
    id INTEGER PRIMARY KEY, subject TEXT NOT NULL, key TEXT NOT NULL, digest TEXT NOT NULL, created_ms INTEGER NOT NULL,
    UNIQUE (subject, key));
  CREATE TABLE IF NOT EXISTS entries (
    id INTEGER PRIMARY KEY, kind TEXT NOT NULL, bundle INTEGER, submitted_by TEXT, key_id INTEGER, position INTEGER,
    sealed TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS receipts (
    key_id INTEGER NOT NULL REFERENCES keys (id) ON DELETE CASCADE, position INTEGER NOT NULL, receipt TEXT NOT NULL,
    PRIMARY KEY (key_id, position)) WITHOUT ROWID;
`;

interface EntryRow {
  id: number;
  kind: 'plain' | 'sealed';
  bundle: number | null;
  submitted_by: string | null;
  key_id: number | null;
  position: number | null;
  sealed: string;
  subject: string | null;
  key: string | null;
  digest: string | null;
}

/**
 * What this gateway has sealed and does not know to be settled, and the answers to idempotency keys.
 * An event is here, on disk, before the first organization sees it, so a crash or an unknown outcome is followed by
 * the same bytes again and never by a second event. Settled events leave with the next append: leaving late is harmless.
 */
export class Journal {
  readonly #db: Database.Database;
  readonly #unlock: () => void;
  readonly #settled: { entry: Entry; receipt: Receipt | undefined }[] = [];
  #lastBundle: number;

  private constructor(db: Database.Database, unlock: () => void) {
    this.#db = db;
    this.#unlock = unlock;
    const row = db.prepare('SELECT max(bundle) AS last FROM entries').get() as { last: number | null };
    this.#lastBundle = row.last ?? 0;
  }

  /**
   * @param keepKeysMs how long an idempotency key is remembered.
   * @throws {ConfigError} where the folder cannot be written or another gateway uses it.
   */
  static open(dataDir: string, keepKeysMs: number): Journal {
    const file = path.join(dataDir, 'journal.db');
    try {
      // Two gateways with one journal would resend each other's events.
      const unlock = lockFolder(dataDir);
      try {
        return new Journal(openDatabase(file, keepKeysMs), unlock);
      } catch (error) {
        unlock();
        throw error;
      }
    } catch (error) {
      throw new ConfigError(
        `The journal ${file} cannot be opened: it is damaged, not writable, or in use by another gateway.`,
        { cause: error },
      );
    }
  }

  /** Makes the entries' seals durable, in one commit; entries that are known get their new seal. */
  append(entries: readonly Entry[]): void {
    const written = this.#transaction(() => {
      this.#flushSettled();
      return entries.map((entry) => this.#write(entry));
    });
    // Not before they are on disk: an entry with a number is known, one that could not be written is not.
    for (const [index, { journalId, keyId }] of written.entries()) {
      const entry = entries[index];
      if (!entry) continue;
      entry.journalId = journalId;
      if (entry.idempotency && keyId !== null) entry.idempotency.key.id = keyId;
    }
  }

  /** The entry's fate is known. A receipt is kept for as long as its idempotency key. */
  settle(entry: Entry, result: EventResult): void {
    if (entry.journalId === undefined) return;
    this.#settled.push({ entry, receipt: 'receipt' in result ? result.receipt : undefined });
  }

  /** Writes what changes nothing. @throws where nothing can be written, as on a full disk. */
  assertWritable(): void {
    this.#db.exec('PRAGMA user_version = 0');
  }

  nextBundle(): number {
    return ++this.#lastBundle;
  }

  /** In the order in which they were sealed. */
  unsettled(): JournaledEntry[] {
    const rows = this.#db
      .prepare(
        'SELECT e.*, k.subject, k.key, k.digest FROM entries e LEFT JOIN keys k ON k.id = e.key_id ORDER BY e.id',
      )
      .all() as EntryRow[];
    return rows.map(fromRow);
  }

  findKey(subject: string, key: string): IdempotencyKey | undefined {
    const row = this.#db
      .prepare('SELECT id, subject, key, digest FROM keys WHERE subject = ? AND key = ?')
      .get(subject, key);
    return row as IdempotencyKey | undefined;
  }

  /** Receipts that were given under a key, by the position of their event. */
  receiptsOf(key: IdempotencyKey): Map<number, Receipt> {
    if (key.id === undefined) return new Map();
    const rows = this.#db.prepare('SELECT position, receipt FROM receipts WHERE key_id = ?').all(key.id);
    const stored = (rows as { position: number; receipt: string }[]).map(
      (row) => [row.position, JSON.parse(row.receipt) as Receipt] as const,
    );
    const waiting = this.#settled.flatMap(({ entry, receipt }) =>
      receipt && entry.idempotency && entry.idempotency.key.id === key.id
        ? [[entry.idempotency.position, receipt] as const]
        : [],
    );
    return new Map([...stored, ...waiting]);
  }

  close(): void {
    if (this.#settled.length > 0) this.append([]);
    this.#db.close();
    this.#unlock();
  }

  #transaction<T>(body: () => T): T {
    this.#db.exec('BEGIN IMMEDIATE');
    try {
      const result = body();
      this.#db.exec('COMMIT');
      this.#settled.length = 0;
      return result;
    } catch (error) {
      if (this.#db.inTransaction) this.#db.exec('ROLLBACK');
      throw error;
    }
  }

  #write(entry: Entry): { journalId: number; keyId: number | null } {
    const sealed = JSON.stringify(entry.seal);
    const { draft, bundle, submittedBy, idempotency, journalId } = entry;
    const keyId = idempotency ? this.#idOf(idempotency.key) : null;
    if (journalId !== undefined) {
      this.#db.prepare('UPDATE entries SET sealed = ? WHERE id = ?').run(sealed, journalId);
      return { journalId, keyId };
    }
    const { lastInsertRowid } = this.#db
      .prepare('INSERT INTO entries (kind, bundle, submitted_by, key_id, position, sealed) VALUES (?, ?, ?, ?, ?, ?)')
      .run(draft.kind, bundle ?? null, submittedBy ?? null, keyId, idempotency?.position ?? null, sealed);
    return { journalId: Number(lastInsertRowid), keyId };
  }

  #idOf({ id, subject, key, digest }: IdempotencyKey): number {
    const known = id ?? this.findKey(subject, key)?.id;
    if (known !== undefined) return known;
    const insert = this.#db.prepare('INSERT INTO keys (subject, key, digest, created_ms) VALUES (?, ?, ?, ?)');
    return Number(insert.run(subject, key, digest, Date.now()).lastInsertRowid);
  }

  #flushSettled(): void {
    for (const { entry, receipt } of this.#settled) {
      this.#db.prepare('DELETE FROM entries WHERE id = ?').run(entry.journalId);
      if (receipt && entry.idempotency) {
        this.#db
          .prepare('INSERT OR IGNORE INTO receipts (key_id, position, receipt) VALUES (?, ?, ?)')
          .run(entry.idempotency.key.id, entry.idempotency.position, JSON.stringify(receipt));
      }
    }
  }
}

function openDatabase(file: string, keepKeysMs: number): Database.Database {
  const db = new Database(file);
  chmodSync(file, 0o600);
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON;');
  db.exec(SCHEMA);
  db.prepare(
    'DELETE FROM keys WHERE created_ms < ? AND id NOT IN (SELECT key_id FROM entries WHERE key_id IS NOT NULL)',
  ).run(Date.now() - keepKeysMs);
  return db;
}

function fromRow(row: EntryRow): JournaledEntry {
  const { id, subject, key, digest, key_id, position } = row;
  const hasKey = key_id !== null && subject !== null && key !== null && digest !== null;
  return {
    journalId: id,
    kind: row.kind,
    bundle: row.bundle ?? undefined,
    submittedBy: row.submitted_by ?? undefined,
    idempotency: hasKey ? { key: { id: key_id, subject, key, digest }, position: position ?? 0 } : undefined,
    seal: JSON.parse(row.sealed) as SealedEvent,
  };
}

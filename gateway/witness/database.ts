import { chmodSync } from 'node:fs';
import path from 'node:path';
import Database from 'libsql';
import { ConfigError } from '../config-error.js';

/** Nothing in here is ever changed or removed: what was seen once is evidence. */
const SCHEMA = `
  CREATE TABLE IF NOT EXISTS checkpoints (
    sha256 TEXT PRIMARY KEY, height INTEGER NOT NULL, observed_by TEXT NOT NULL, observed_at TEXT NOT NULL,
    document TEXT NOT NULL);
  CREATE INDEX IF NOT EXISTS checkpoints_by_height ON checkpoints (height);
  CREATE INDEX IF NOT EXISTS checkpoints_by_observer ON checkpoints (observed_by, observed_at);
  CREATE TABLE IF NOT EXISTS compared (sha256 TEXT PRIMARY KEY) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS alarms (
    id INTEGER PRIMARY KEY, subject TEXT NOT NULL UNIQUE, raised_at TEXT NOT NULL, code TEXT NOT NULL, block INTEGER,
    detail TEXT NOT NULL, evidence TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS blocks (number INTEGER PRIMARY KEY, hash BLOB NOT NULL, substance INTEGER NOT NULL);
  CREATE TABLE IF NOT EXISTS policies (block INTEGER PRIMARY KEY, policy BLOB NOT NULL);
`;
const KEPT = ['checkpoints', 'alarms', 'blocks', 'policies'];

/**
 * What this organization has seen of the ledger: checkpoints, its own and its partners', the hash of every block that it
 * has verified, the endorsement policies in them, and alarms.
 * @throws {ConfigError}
 */
export function openWitnessDatabase(dataDir: string): Database.Database {
  const file = path.join(dataDir, 'witness.db');
  try {
    const db = new Database(file);
    chmodSync(file, 0o600);
    // A block is written often and verified again if it is lost; what must not be lost is flushed by itself.
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;');
    db.exec(SCHEMA);
    for (const table of KEPT) for (const change of ['UPDATE', 'DELETE']) db.exec(refuse(table, change));
    return db;
  } catch (error) {
    throw new ConfigError(`What the gateway has seen of the ledger, ${file}, cannot be opened.`, { cause: error });
  }
}

/** Makes durable what was written before. */
export function flush(db: Database.Database): void {
  db.exec('PRAGMA wal_checkpoint(PASSIVE)');
}

function refuse(table: string, change: string): string {
  return `CREATE TRIGGER IF NOT EXISTS no_${change}_of_${table} BEFORE ${change} ON ${table}
    BEGIN SELECT RAISE(ABORT, 'what was seen is kept'); END;`;
}

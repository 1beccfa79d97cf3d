import Database from 'libsql';
import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { folderBytes } from '../processes.js';
import type { BenchEvent, SeedPlace } from '../workload.js';
import type { System } from './system.js';

const SCHEMA = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  CREATE TABLE event (seq INTEGER PRIMARY KEY, event_id TEXT UNIQUE, agent_id TEXT, session_id TEXT, at TEXT, event TEXT,
    hash BLOB);
  CREATE INDEX event_by_session ON event (agent_id, session_id, seq);
  CREATE INDEX event_by_time ON event (agent_id, at);
  CREATE INDEX event_by_order ON event (agent_id, event ->> '$.labels.order');
  CREATE TRIGGER event_kept BEFORE UPDATE ON event BEGIN SELECT RAISE(ABORT, 'append-only'); END;
  CREATE TRIGGER event_stays BEFORE DELETE ON event BEGIN SELECT RAISE(ABORT, 'append-only'); END;
`;

interface Head {
  seq: number;
  hash: Buffer;
}

/** A table in SQLite with one hash chain, inside the process that writes: no server, no network. */
export class Sqlite implements System {
  readonly name = 'sqlite';
  readonly about = 'libsql in the measuring process, WAL, synchronous FULL, one hash chain';
  readonly pids = [];
  #database: Database.Database | undefined;
  #statements: ReturnType<typeof prepare> | undefined;

  constructor(readonly dataDir: string) {}

  start(): Promise<void> {
    mkdirSync(this.dataDir, { recursive: true });
    this.#database = new Database(path.join(this.dataDir, 'events.db'));
    this.#database.exec(SCHEMA);
    this.#statements = prepare(this.#database);
    return Promise.resolve();
  }

  stop(): Promise<void> {
    this.#database?.close();
    return Promise.resolve();
  }

  /** Callers take turns; the time until one's turn is part of what it waits. */
  async write(events: BenchEvent[]): Promise<void> {
    await setImmediate();
    this.#ready.append(events);
  }

  readonly reads = {
    'by id': ({ id }: SeedPlace) => this.#count(this.#ready.byId.all(id)),
    'agent and day, 50 newest': ({ agent, from, to }: SeedPlace) => this.#count(this.#ready.byDay.all(agent, from, to)),
    'session path': ({ agent, session }: SeedPlace) => this.#count(this.#ready.bySession.all(agent, session)),
    'by label': ({ agent, order }: SeedPlace) => this.#count(this.#ready.byOrder.all(agent, order)),
  };

  diskBytes(): number {
    this.#database?.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    return folderBytes(this.dataDir);
  }

  get #ready(): ReturnType<typeof prepare> {
    if (!this.#statements) throw new Error('SQLite was not started');
    return this.#statements;
  }

  #count(rows: unknown[]): Promise<number> {
    return Promise.resolve(rows.length);
  }
}

function prepare(database: Database.Database) {
  const readHead = database.prepare('SELECT seq, hash FROM event ORDER BY seq DESC LIMIT 1');
  const insert = database.prepare('INSERT INTO event VALUES (?, ?, ?, ?, ?, ?, ?)');
  const select = (where: string) => database.prepare(`SELECT event FROM event WHERE ${where}`);
  return {
    append: database.transaction((events: BenchEvent[]) => {
      let { seq, hash } = (readHead.get() as Head | undefined) ?? { seq: 0, hash: Buffer.alloc(0) };
      for (const event of events) {
        const text = JSON.stringify(event);
        hash = createHash('sha256').update(hash).update(text).digest();
        insert.run(++seq, event.event_id ?? null, event.agent_id, event.session_id, event.timestamp, text, hash);
      }
    }),
    byId: select('event_id = ?'),
    byDay: select('agent_id = ? AND at >= ? AND at < ? ORDER BY at DESC LIMIT 50'),
    bySession: select('agent_id = ? AND session_id = ? ORDER BY seq'),
    byOrder: select("agent_id = ? AND event ->> '$.labels.order' = ?"),
  };
}

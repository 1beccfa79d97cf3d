import { execFileSync, spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import pg from 'pg';
import { folderBytes } from '../processes.js';
import type { BenchEvent, SeedPlace } from '../workload.js';
import { INSERT, READ_BY_DAY, READ_BY_ID, READ_BY_ORDER, READ_BY_SESSION, schema } from './postgres-schema.js';
import type { Chain } from './postgres-schema.js';
import { Unavailable } from './system.js';
import type { System } from './system.js';

/** The fastest of 8, 16, 32 and 64 for one chain on two cores, where callers wait for each other's commits. */
const CONNECTIONS = 8;
const SETTINGS = ['synchronous_commit=on', 'shared_buffers=256MB', 'max_wal_size=4GB', 'listen_addresses='];
const START_MS = 20_000;

/** A private PostgreSQL server on a Unix socket, with durable commits and the hash chain in a trigger. */
export class Postgres implements System {
  readonly name: string;
  readonly about: string;
  #server: ChildProcess | undefined;
  #pool: pg.Pool | undefined;
  readonly #programs: string;

  /** @throws {Unavailable} */
  constructor(
    readonly dataDir: string,
    readonly chain: Chain,
  ) {
    this.name = chain === 'table' ? 'postgresql' : 'postgresql-sessions';
    this.#programs = findPrograms();
    const version = execFileSync(path.join(this.#programs, 'postgres'), ['--version'], { encoding: 'utf8' });
    this.about = `${version.trim()}, Unix socket, ${CONNECTIONS} connections, ${SETTINGS.slice(0, 3).join(', ')}, ${chain === 'table' ? 'one hash chain' : 'a hash chain per session'} in a trigger`;
  }

  get pids(): number[] {
    return [this.#server?.pid ?? []].flat();
  }

  async start(): Promise<void> {
    const owner = unprivileged();
    mkdirSync(this.dataDir, { recursive: true });
    chmodSync(this.dataDir, 0o700);
    if (owner) execFileSync('chown', [`${owner.uid}:${owner.gid}`, this.dataDir]);
    const cluster = path.join(this.dataDir, 'cluster');
    const options = { ...owner, cwd: this.dataDir, encoding: 'utf8' as const };
    const made = spawnSync(
      path.join(this.#programs, 'initdb'),
      ['-D', cluster, '-A', 'trust', '-U', 'bench', '-E', 'UTF8', '--no-locale'],
      options,
    );
    if (made.status !== 0) throw new Unavailable(`initdb failed: ${made.stderr.trim().split('\n').at(-1)}`);
    const settings = [...SETTINGS, `unix_socket_directories=${this.dataDir}`].flatMap((setting) => ['-c', setting]);
    this.#server = spawn(path.join(this.#programs, 'postgres'), ['-D', cluster, ...settings], {
      ...owner,
      cwd: this.dataDir,
      stdio: 'ignore',
    });
    this.#pool = new pg.Pool({ host: this.dataDir, user: 'bench', database: 'postgres', max: CONNECTIONS });
    await this.#untilReady(this.#pool);
    await this.#pool.query(schema(this.chain));
  }

  async stop(): Promise<void> {
    await this.#pool?.end();
    const server = this.#server;
    if (server?.exitCode !== null) return;
    const ended = once(server, 'exit');
    server.kill('SIGTERM'); // It waits until the pool's connections are closed.
    await ended;
  }

  async write(events: BenchEvent[]): Promise<void> {
    const rows = await this.#query('insert', INSERT, [JSON.stringify(events)]);
    if (rows !== events.length) throw new Error(`PostgreSQL recorded ${rows} of ${events.length} events`);
  }

  readonly reads = {
    'by id': ({ id }: SeedPlace) => this.#query('by-id', READ_BY_ID, [id]),
    'agent and day, 50 newest': ({ agent, from, to }: SeedPlace) =>
      this.#query('by-day', READ_BY_DAY, [agent, from, to]),
    'session path': ({ agent, session }: SeedPlace) => this.#query('by-session', READ_BY_SESSION, [agent, session]),
    'by label': ({ agent, order }: SeedPlace) => this.#query('by-order', READ_BY_ORDER, [agent, order]),
  };

  /** Tables and indexes; the write-ahead log is recycled. */
  diskBytes(): number {
    return folderBytes(path.join(this.dataDir, 'cluster/base'));
  }

  async #query(name: string, text: string, values: unknown[]): Promise<number> {
    if (!this.#pool) throw new Error('PostgreSQL was not started');
    return (await this.#pool.query({ name, text, values })).rowCount ?? 0;
  }

  async #untilReady(pool: pg.Pool): Promise<void> {
    const end = Date.now() + START_MS;
    while (
      !(await pool.query('SELECT 1').then(
        () => true,
        () => false,
      ))
    ) {
      if (Date.now() > end || this.#server?.exitCode !== null) throw new Unavailable('PostgreSQL did not start');
      await setTimeout(20);
    }
  }
}

/** Debian keeps the server's programs outside the PATH. */
function findPrograms(): string {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = [...versions.map((version) => path.join(debian, version, 'bin')), '/usr/local/bin', '/usr/bin'];
  const found = folders.find((folder) => existsSync(path.join(folder, 'initdb')));
  if (found === undefined)
    throw new Unavailable("PostgreSQL's programs are not installed (Debian: apt install postgresql)");
  return found;
}

/** PostgreSQL refuses to run as root. @throws {Unavailable} */
function unprivileged(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const id = (kind: string): number => Number(spawnSync('id', [kind, 'postgres'], { encoding: 'utf8' }).stdout);
  const owner = { uid: id('-u'), gid: id('-g') };
  if (!owner.uid) throw new Unavailable('PostgreSQL does not run as root, and there is no user "postgres"');
  return owner;
}

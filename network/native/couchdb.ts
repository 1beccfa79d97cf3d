import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { HOST } from './layout.js';
import { logFile, runningPid, startProcess } from './processes.js';
import { cacheFolder, isExecutable, ProgramError } from './programs.js';
import { until } from './until.js';

/** CouchDB, which is never part of this project: it is looked for on the machine, and each peer gets one of its own. */

export interface CouchDbNode {
  name: string;
  /** Of its configuration, data, log and process file. */
  folder: string;
  port: number;
}

/** One that the network runs for each peer, or `http://user:password@host:port` of those of others; none: LevelDB. */
export type CouchDbChoice = 'own' | readonly string[];

/** @throws {ProgramError} unless every peer, in their order, has one of those that were given, if any were or have to be. */
export function assertOneForEach(
  { peers, givenCouchDb }: { peers: readonly unknown[]; givenCouchDb: boolean },
  choice: CouchDbChoice,
): void {
  if (choice === 'own' || choice.length === peers.length || (choice.length === 0 && !givenCouchDb)) return;
  throw new ProgramError(`${peers.length} peers need as many CouchDB servers; ${choice.length} were given`);
}

/** Where CouchDB's own packages install it. */
const PACKAGED = '/opt/couchdb/bin';
const USER = 'peer';

/** The program `couchdb`: of COUCHDB_BIN, of the PATH, of CouchDB's packages or of the cache folder. */
export function findCouchDb(env: NodeJS.ProcessEnv = process.env): string | undefined {
  const folders = [env['COUCHDB_BIN'], ...(env['PATH'] ?? '').split(delimiter), PACKAGED, ...cached(env)];
  return folders.flatMap((folder) => (folder ? [join(folder, 'couchdb')] : [])).find(isExecutable);
}

/** @throws {ProgramError} where it is not. */
export function requireCouchDb(): string {
  const program = findCouchDb();
  if (program !== undefined) return program;
  throw new ProgramError(
    `CouchDB was found neither in COUCHDB_BIN, on the PATH, in ${PACKAGED} nor in the cache folder`,
  );
}

/** `couchdb-VERSION/bin`, the newest first. */
function cached(env: NodeJS.ProcessEnv): string[] {
  const cache = dirname(cacheFolder(env));
  if (!existsSync(cache)) return [];
  const versions = readdirSync(cache).filter((name) => name.startsWith('couchdb-'));
  return versions
    .sort((left, right) => right.localeCompare(left, 'en', { numeric: true }))
    .map((name) => join(cache, name, 'bin'));
}

/**
 * Starts a CouchDB on 127.0.0.1, unless it is running, and waits until it serves.
 * @param sharers how many of them run on this machine, this one included
 * @returns its address with user and password. @throws {ProgramError}
 */
export async function startCouchDb(program: string, { name, folder, port }: CouchDbNode, sharers = 1): Promise<string> {
  mkdirSync(join(folder, 'data'), { recursive: true, mode: 0o700 });
  const password = passwordIn(folder);
  if (runningPid(folder) === undefined) {
    const [ini, args] = [join(folder, 'local.ini'), join(folder, 'vm.args')];
    writeFileSync(ini, configuration(folder, port, password), { mode: 0o600 });
    writeFileSync(args, erlangArguments(port, sharers), { mode: 0o600 });
    const defaults = join(dirname(dirname(realpathSync(program))), 'etc', 'default.ini');
    const env = { COUCHDB_ARGS_FILE: args, COUCHDB_INI_FILES: `${defaults} ${ini}` };
    startProcess({ folder, command: program, args: [], env });
  }
  const ask = async (): Promise<void> => {
    const answer = await fetch(`http://${HOST}:${port}/_up`);
    if (!answer.ok) throw new Error(`it is not well (${answer.status})`);
  };
  await until(`${name} did not start (its log is ${logFile(folder)})`, ask, () => runningPid(folder) === undefined);
  return `http://${USER}:${password}@${HOST}:${port}`;
}

/** Made once: CouchDB keeps only its hash. */
function passwordIn(folder: string): string {
  const file = join(folder, 'password');
  if (!existsSync(file)) writeFileSync(file, randomBytes(24).toString('base64url'), { mode: 0o600 });
  return readFileSync(file, 'utf8');
}

/**
 * Documents that an index is written with at once, instead of 100. The files are only ever appended to, a whole branch
 * for each write: with more at once fewer branches are written for each document.
 */
const DOCUMENTS_PER_INDEX_WRITE = 2000;

function configuration(folder: string, port: number, password: string): string {
  const data = join(folder, 'data');
  const sections = {
    couchdb: { single_node: true, database_dir: data, view_index_dir: data },
    cluster: { n: 1 },
    chttpd: { port, bind_address: HOST },
    admins: { [USER]: password },
    log: { writer: 'stderr', level: 'error' },
    prometheus: { additional_port: false },
    smoosh: { state_dir: data },
    view_updater: { min_writer_items: DOCUMENTS_PER_INDEX_WRITE },
  };
  return Object.entries(sections)
    .map(
      ([section, values]) =>
        `[${section}]\n${Object.entries(values)
          .map((pair) => pair.join(' = '))
          .join('\n')}\n`,
    )
    .join('\n');
}

/**
 * A node by itself: it listens for no other one, and so needs neither a port mapper nor a secret cookie. It shares the
 * machine with peers and with others of its kind: no more schedulers than its part of the cores, which sleep when they
 * have nothing to do rather than wait busily (as CouchDB's own vm.args advises where cores are shared).
 */
function erlangArguments(port: number, sharers: number): string {
  const schedulers = Math.max(1, Math.floor(availableParallelism() / sharers));
  return [
    `-name couchdb-${port}@${HOST}`,
    `-setcookie couchdb-${port}`,
    `+S ${schedulers}:${schedulers}`,
    `+SDcpu ${schedulers}:${schedulers}`,
    '+sbwt none',
    '+sbwtdcpu none',
    '+sbwtdio none',
    '-start_epmd false',
    '-dist_listen false',
    '-kernel error_logger silent',
    '-sasl sasl_error_logger false',
    '-os_mon start_cpu_sup false',
    '-os_mon start_memsup false',
    '-noinput',
    '',
  ].join('\n');
}

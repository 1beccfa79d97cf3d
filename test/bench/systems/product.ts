import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout } from 'node:timers/promises';
import { readConnectionProfile } from '../../../gateway/fabric/connection-profile.js';
import { findCouchDb, findPrograms } from '../../../network/native/index.js';
import { readTrust, verifyEvidence } from '../../../verifier/index.js';
import { HttpClient } from '../http-client.js';
import { folderBytes } from '../processes.js';
import type { BenchEvent, SeedPlace } from '../workload.js';
import type { ProductNetwork, ProductReady } from './product-process.js';
import { Unavailable } from './system.js';
import type { Proof, System } from './system.js';

const EVENTS_PATH = '/v1/events';

/** Heights, in blocks. */
interface Verified {
  ledger_height: number;
  verified_height: number;
}
const VERIFIED_WITHIN_MS = 600_000;
const POLL_MS = 500;

const CHALLENGE = 'asked-by-the-bench';
const ABOUT: Record<ProductNetwork, string> = {
  product: 'embedded network in a thread of its own, 3 organizations endorse, blocks and private data on disk',
  native: "Fabric's own peers of 3 organizations, a Raft orderer and chaincode services, LevelDB",
  'native-couchdb':
    "Fabric's own peers of 3 organizations, a Raft orderer and chaincode services, CouchDB for each peer",
};

/** This product on one of its networks, through its REST API, with receipts. */
export class Product implements System {
  readonly about: string;
  #process: ChildProcess | undefined;
  #ready: ProductReady | undefined;
  #client: HttpClient | undefined;

  /**
   * @param profileDir where the server's CPU profile goes when it stops, if one is wanted
   * @throws {Unavailable}
   */
  constructor(
    readonly name: ProductNetwork,
    readonly dataDir: string,
    readonly profileDir: string | undefined,
  ) {
    this.about = `${ABOUT[name]}, REST with receipts`;
    if (name !== 'product' && !findPrograms())
      throw new Unavailable("Fabric's programs are not installed (npm run network -- install)");
    if (name === 'native-couchdb' && findCouchDb() === undefined) throw new Unavailable('CouchDB is not installed');
  }

  get pids(): number[] {
    return [this.#process?.pid ?? [], this.#ready?.pids ?? []].flat();
  }

  async start(): Promise<void> {
    const execArgv = this.profileDir === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${this.profileDir}`];
    const child = fork(path.join(import.meta.dirname, 'product-process.js'), [this.name, this.dataDir], { execArgv });
    this.#process = child;
    const ended = once(child, 'exit').then(() => {
      throw new Error('the product ended instead of starting');
    });
    [this.#ready] = (await Promise.race([once(child, 'message'), ended])) as [ProductReady];
    ended.catch(() => undefined);
    this.#client = new HttpClient(this.#ready.url, readFileSync(this.#ready.tokenFile, 'utf8').trim());
  }

  async stop(): Promise<void> {
    this.#client?.close();
    const child = this.#process;
    if (child?.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await ended;
  }

  async write(events: BenchEvent[]): Promise<void> {
    if (events.length === 1) {
      await this.#send('POST', EVENTS_PATH, events[0]);
      return;
    }
    const answer = JSON.parse(await this.#send('POST', EVENTS_PATH, { events })) as { summary: { recorded: number } };
    if (answer.summary.recorded !== events.length) throw new Error(`recorded ${JSON.stringify(answer.summary)}`);
  }

  /** The gateway verifies each block, behind what it serves. */
  async rest(): Promise<void> {
    const until = performance.now() + VERIFIED_WITHIN_MS;
    for (;;) {
      const answer = await this.#send('GET', '/v1/verification');
      const { ledger_height: height, verified_height: verified } = JSON.parse(answer) as Verified;
      if (verified >= height) return;
      if (performance.now() > until) throw new Error('the gateway does not get to the end of verifying');
      await setTimeout(POLL_MS);
    }
  }

  readonly reads = {
    'by id': async ({ id }: SeedPlace) => {
      await this.#send('GET', `${EVENTS_PATH}/${id}`);
      return 1;
    },
    'agent and day, 50 newest': ({ agent, from, to }: SeedPlace) =>
      this.#page('GET', `${EVENTS_PATH}?agent_id=${agent}&from=${from}&to=${to}&limit=50`),
    'session path': ({ agent, session }: SeedPlace) =>
      this.#page('GET', `/v1/sessions/OperatorMSP~${agent}~${session}`),
    'by label': ({ agent, order }: SeedPlace) =>
      this.#page('POST', `${EVENTS_PATH}/query`, { selector: { agent_id: agent, 'labels.order': order } }),
  };

  async prove({ id }: SeedPlace): Promise<Proof> {
    const { organizationRoots } = await readConnectionProfile(this.#ready?.profile ?? '');
    const rule = JSON.stringify({ version: 1, rule: { at_least: organizationRoots.size } });
    const trust = readTrust(rule, organizationRoots);
    const asked = performance.now();
    const evidence = Buffer.from(await this.#send('GET', `${EVENTS_PATH}/${id}/evidence?challenge=${CHALLENGE}`));
    const fetched = performance.now();
    const { verdict, fault } = verifyEvidence(evidence, trust, { challenge: CHALLENGE });
    const verified = performance.now();
    if (verdict !== 'valid' && verdict !== 'demonstration') throw new Error(`${verdict}: ${JSON.stringify(fault)}`);
    return { bytes: evidence.length, fetchMs: fetched - asked, verifyMs: verified - fetched };
  }

  diskBytes(): number {
    return folderBytes(this.dataDir);
  }

  async #page(method: 'GET' | 'POST', url: string, body?: unknown): Promise<number> {
    return (JSON.parse(await this.#send(method, url, body)) as { events: unknown[] }).events.length;
  }

  #send(method: 'GET' | 'POST', url: string, body?: unknown): Promise<string> {
    if (!this.#client) throw new Error('the product was not started');
    return this.#client.send(method, url, body === undefined ? '' : JSON.stringify(body));
  }
}

import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { HttpClient } from '../http-client.js';
import { folderBytes } from '../processes.js';
import type { BenchEvent, SeedPlace } from '../workload.js';
import type { System } from './system.js';

const EVENTS_PATH = '/v1/events';

/** This product on the embedded network, through its REST API, with receipts. */
export class Product implements System {
  readonly name = 'product';
  readonly about = 'embedded network, 3 organizations endorse, REST with receipts, one fdatasync a block';
  #process: ChildProcess | undefined;
  #client: HttpClient | undefined;

  /** @param profileDir where the server's CPU profile goes when it stops, if one is wanted */
  constructor(
    readonly dataDir: string,
    readonly profileDir: string | undefined,
  ) {}

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  async start(): Promise<void> {
    const execArgv = this.profileDir === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${this.profileDir}`];
    const child = fork(path.join(import.meta.dirname, 'product-process.js'), [this.dataDir], { execArgv });
    this.#process = child;
    const ended = once(child, 'exit').then(() => {
      throw new Error('the product ended instead of starting');
    });
    const [ready] = (await Promise.race([once(child, 'message'), ended])) as [{ url: string; tokenFile: string }];
    ended.catch(() => undefined);
    this.#client = new HttpClient(ready.url, readFileSync(ready.tokenFile, 'utf8').trim());
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

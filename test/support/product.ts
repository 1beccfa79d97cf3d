import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before } from 'mocha';
import { root } from '../runner/tiers.js';
import { isFree } from '../../scripts/ports.js';
import { checkLedger } from './check-ledger.js';

/** How the process of `npm start` ended, and what it said. */
export interface Ended {
  code: number | null;
  output: string;
}

/** The product as `npm start` runs it, in a process of its own. */
export class Product {
  #process: ChildProcess | undefined;
  #output = '';

  constructor(
    readonly dataDir: string,
    readonly port: number,
  ) {}

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  /** Starts and waits until it says that it is running, or ends. */
  async start(env: NodeJS.ProcessEnv = {}): Promise<Ended | undefined> {
    const child = spawn(process.execPath, [path.join(root, 'dist/scripts/start.js')], {
      cwd: root,
      env: { ...process.env, PORT: String(this.port), AUDIT_DATA_DIR: this.dataDir, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#process = child;
    this.#output = '';
    return new Promise((resolve) => {
      const listen = (chunk: Buffer): void => {
        this.#output += chunk.toString();
        if (this.#output.includes('is running')) resolve(undefined);
      };
      child.stdout.on('data', listen);
      child.stderr.on('data', listen);
      child.once('close', (code) => resolve({ code, output: this.#output }));
    });
  }

  async stop(signal: NodeJS.Signals = 'SIGINT'): Promise<Ended> {
    const child = this.#process;
    if (!child) throw new Error('the product was not started');
    const closed = new Promise<number | null>((resolve) => child.once('close', resolve));
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    else return { code: child.exitCode, output: this.#output };
    return { code: await closed, output: this.#output };
  }
}

/** The product for the tests of one `describe`; its ledger is verified when they are done. */
export function useProduct(): { readonly port: number; readonly dataDir: string } {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'audit-product-'));
  const state = { dataDir, port: 0 };
  let product: Product;
  before(async () => {
    state.port = await freePorts();
    product = new Product(dataDir, state.port);
    const ended = await product.start();
    if (ended) throw new Error(ended.output);
  });
  after(async () => {
    await product.stop();
    await checkLedger(path.join(dataDir, 'network'));
    rmSync(dataDir, { recursive: true, force: true });
  });
  return state;
}

/** Below the range that systems give to outgoing connections, so that none of those takes a port in between. */
const LOWEST_PORT = 20_000;
const PORTS = 10_000;

/** The first of three ports in a row that nobody listens on. */
export async function freePorts(): Promise<number> {
  for (;;) {
    const first = LOWEST_PORT + randomInt(PORTS);
    const free = await Promise.all([first, first + 1, first + 2].map(isFree));
    if (!free.includes(false)) return first;
  }
}

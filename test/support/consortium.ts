import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { after, before } from 'mocha';
import { startGateway } from '../../gateway/index.js';
import type { GatewayConfig, RunningGateway } from '../../gateway/index.js';
import { SCOPES } from '../../gateway/http/tokens.js';
import type { Scope } from '../../gateway/http/tokens.js';
import { Api } from './api.js';
import { AUDIT_CHAINCODE } from './native-options.js';
import { startNetworkUnderTest } from './network-under-test.js';
import type { NetworkUnderTest } from './network-under-test.js';

export const ORGANIZATIONS = ['operator', 'partner', 'auditor'] as const;
export type Organization = (typeof ORGANIZATIONS)[number];

export interface TokenSpec {
  subject: string;
  agents: string;
  scopes: readonly Scope[];
}

/** A network in a folder of its own, and gateways on it. */
export class Consortium {
  readonly #gateways = new Map<string, RunningGateway>();

  private constructor(
    readonly dir: string,
    readonly network: NetworkUnderTest,
  ) {}

  static async start(): Promise<Consortium> {
    const dir = mkdtempSync(join(tmpdir(), 'audit-acceptance-'));
    const network = await startNetworkUnderTest({ dir: join(dir, 'network'), bundle: AUDIT_CHAINCODE });
    return new Consortium(dir, network);
  }

  /** On a network that is there, in a folder that is the caller's. */
  static on(dir: string, network: NetworkUnderTest): Consortium {
    return new Consortium(dir, network);
  }

  /** What a gateway of the organization needs; `name` is that of its data folder. */
  config(organization: Organization, name: string): GatewayConfig & { tokensFile: string } {
    const profile = this.network.profiles[organization];
    assert.ok(profile);
    const dataDir = join(this.dir, name);
    mkdirSync(dataDir, { recursive: true });
    return { port: 0, profile, dataDir, tokensFile: join(dataDir, 'tokens.json'), logLevel: 'silent' };
  }

  /** Starts a gateway; the client has a token that may do everything, unless others are given. */
  async startGateway(
    organization: Organization,
    name: string = organization,
    more: Partial<GatewayConfig> = {},
  ): Promise<Api> {
    const config = this.config(organization, name);
    const token = writeTokens(config.tokensFile, [{ subject: `${organization}-test`, agents: '*', scopes: SCOPES }])[0];
    const gateway = await startGateway({ ...config, ...more });
    this.#gateways.set(name, gateway);
    return new Api(gateway.url, token);
  }

  async stopGateway(name: string): Promise<void> {
    await this.#gateways.get(name)?.close();
    this.#gateways.delete(name);
  }

  async stop(): Promise<void> {
    for (const name of [...this.#gateways.keys()]) await this.stopGateway(name);
    await this.network.close();
  }

  /** Stops everything and verifies the whole ledger. */
  async close(): Promise<void> {
    await this.stop();
    rmSync(this.dir, { recursive: true, force: true });
  }
}

/** Writes a tokens file; the tokens in order. */
export function writeTokens(file: string, specs: readonly TokenSpec[]): string[] {
  const tokens = specs.map(() => randomBytes(24).toString('base64url'));
  const entries = specs.map((spec, index) => ({
    ...spec,
    sha256: createHash('sha256')
      .update(tokens[index] ?? '')
      .digest('hex'),
  }));
  writeFileSync(file, JSON.stringify({ tokens: entries }), { mode: 0o600 });
  return tokens;
}

export interface Gateways extends Record<Organization, Api> {
  consortium: Consortium;
  /** Waits until every organization's peer has what any of them has: on real networks each commits at its own pace. */
  readonly level: () => Promise<void>;
}

/** To be called at the top of a test file: a network of its own with a gateway per organization, verified at the end. */
export function useGateways(): () => Gateways {
  let started: Gateways | undefined;
  before(async function () {
    this.timeout(180_000);
    const consortium = await Consortium.start();
    const [operator, partner, auditor] = await Promise.all([
      consortium.startGateway('operator'),
      consortium.startGateway('partner'),
      consortium.startGateway('auditor'),
    ]);
    started = { consortium, operator, partner, auditor, level: () => untilLevel([operator, partner, auditor]) };
  });
  after(async function () {
    this.timeout(60_000);
    await started?.consortium.close();
  });
  return () => {
    if (!started) throw new Error('the network is not running');
    return started;
  };
}

async function untilLevel(apis: readonly Api[]): Promise<void> {
  const target = Math.max(...(await Promise.all(apis.map((api) => api.height()))));
  for (const api of apis) while ((await api.height()) < target) await delay(20);
}

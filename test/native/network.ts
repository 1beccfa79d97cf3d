import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before } from 'mocha';
import { startGateway } from '../../gateway/index.js';
import type { RunningGateway } from '../../gateway/index.js';
import { loadDefinition } from '../../network/definition/index.js';
import type { ConsortiumDefinition } from '../../network/definition/index.js';
import { reset, up } from '../../network/native/index.js';
import type { NativeNetwork, NativeOptions } from '../../network/native/index.js';
import { Api } from '../support/api.js';
import { writeTokens } from '../support/consortium.js';
import { nativeOptions } from '../support/native-options.js';

export interface RunningNative {
  options: NativeOptions;
  network: NativeNetwork;
  /** Clients of the REST gateways, by organization. */
  apis: Record<'operator' | 'partner' | 'auditor', Api>;
}

/**
 * A network of Fabric's own processes and a gateway for each organization.
 * @param change of the project's definition.
 * @param couchDb 'own': with a CouchDB for each peer, otherwise with LevelDB.
 */
export function useNativeNetwork(
  change: (definition: ConsortiumDefinition) => ConsortiumDefinition = (definition) => definition,
  couchDb: 'own' | [] = [],
): () => RunningNative {
  let running: RunningNative | undefined;
  let dir: string;
  const gateways: RunningGateway[] = [];
  before(async function () {
    this.timeout(180_000);
    dir = mkdtempSync(path.join(tmpdir(), 'native-'));
    const options = { ...(await nativeOptions(path.join(dir, 'network'), change(loadDefinition()))), couchDb };
    const network = await up(options);
    const start = async (organization: string): Promise<Api> => {
      const profile = network.profiles[organization] ?? assert.fail(`${organization} has no profile`);
      const { gateway, api } = await startGatewayOf(profile, organization, path.join(dir, organization));
      gateways.push(gateway);
      return api;
    };
    const apis = {
      operator: await start('operator'),
      partner: await start('partner'),
      auditor: await start('auditor'),
    };
    running = { options, network, apis };
  });
  after(async function () {
    this.timeout(60_000);
    for (const gateway of gateways) await gateway.close();
    await reset(path.join(dir, 'network'));
    rmSync(dir, { recursive: true });
  });
  return () => running ?? assert.fail('the network is not running');
}

/** A REST gateway in this process, and its client. */
export async function startGatewayOf(
  profile: string,
  organization: string,
  dataDir: string,
): Promise<{ gateway: RunningGateway; api: Api }> {
  mkdirSync(dataDir);
  const tokensFile = path.join(dataDir, 'tokens.json');
  const scopes = ['write', 'read', 'attest', 'admin'] as const;
  const [token] = writeTokens(tokensFile, [{ subject: `${organization}-test`, agents: '*', scopes }]);
  const gateway = await startGateway({ port: 0, profile, dataDir, tokensFile, logLevel: 'silent' });
  return { gateway, api: new Api(gateway.url, token) };
}

import path from 'node:path';
import { startGateway } from '../../../gateway/index.js';
import type { GatewayConfig } from '../../../gateway/index.js';
import { loadDefinition } from '../../../network/definition/index.js';
import { startNetworkThread } from '../../../network/embedded/thread/index.js';
import type { NetworkThread } from '../../../network/embedded/thread/index.js';
import { down, status, up } from '../../../network/native/index.js';
import { ensureCredentials } from '../../../scripts/credentials.js';
import { EMBEDDED_LIMITS } from '../../../scripts/embedded-limits.js';
import { collectSoon, optimizeSoon } from '../../../scripts/engine-flags.js';
import { root } from '../../runner/tiers.js';
import { nativeOptions } from '../../support/native-options.js';

/**
 * The product with the operator's gateway only and without a limit on requests: a process of its own, so that its CPU
 * time and memory are its own. Sends a `ProductReady` when it listens.
 */
export type ProductNetwork = 'product' | 'native' | 'native-couchdb';
export interface ProductReady {
  url: string;
  tokenFile: string;
  /** The operator's connection profile. */
  profile: string;
  /** The network's processes: one that ran before is no child of this one. */
  pids: number[];
}

interface Network {
  profiles: Record<string, string>;
  calls?: NetworkThread['calls'];
  close(): Promise<unknown>;
}

// As npm start and npm run gateway do.
optimizeSoon();
const [name = '', dataDir = ''] = process.argv.slice(2);
const networkDir = path.join(dataDir, 'network');
const bundle = path.join(root, 'dist/chaincode-package');

function startEmbedded(): Promise<Network> {
  return startNetworkThread({
    dataDir: networkDir,
    chaincodePackageDir: bundle,
    onFailure: (error) => {
      throw error;
    },
  });
}

async function startNative(): Promise<Network> {
  const options = await nativeOptions(networkDir, loadDefinition());
  const { profiles } = await up({ ...options, ...(name === 'native-couchdb' && { couchDb: 'own' }) });
  return { profiles, close: () => down(networkDir) };
}

const SAME_MACHINE: GatewayConfig['limits'] = { transactionsInFlight: 2, eventsToOverlap: 100 };
const isEmbedded = name === 'product';
// As npm start does.
if (isEmbedded) collectSoon();
const network = await (isEmbedded ? startEmbedded() : startNative());
const profile = network.profiles['operator'] ?? '';
const { tokenFile, tokensFile } = ensureCredentials(dataDir, 'operator');
const config: GatewayConfig = {
  port: 0,
  profile,
  dataDir: path.join(dataDir, 'gateways/operator'),
  tokensFile,
  logLevel: 'warn',
  // As npm start sets it for the embedded network, and docs/operations.md advises for peers on the same machine.
  limits: { requestsPerMinute: 1_000_000_000, ...(isEmbedded ? EMBEDDED_LIMITS : SAME_MACHINE) },
};
const gateway = await startGateway(config, network.calls?.['operator']);
const pids = isEmbedded ? [] : status(networkDir).flatMap(({ pid }) => pid ?? []);
process.send?.({ url: gateway.url, tokenFile, profile, pids } satisfies ProductReady);

/** When it is told to, and when the bench is gone: what runs on its own must not outlive it. */
let closing: Promise<void> | undefined;
const close = (): void => {
  closing ??= gateway
    .close()
    .finally(() => network.close())
    .then(() => process.exit(0));
};
process.once('SIGTERM', close);
process.once('disconnect', close);
process.on('SIGINT', () => undefined);

import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { ConfigError, startGateway } from '../gateway/index.js';
import type { GatewayConfig } from '../gateway/index.js';
import { startNetworkThread } from '../network/embedded/thread/index.js';
import { ensureCredentials, writePartners } from './credentials.js';
import { cannotOpen, openDataDirectory, SetupError } from './data-directory.js';
import { EMBEDDED_LIMITS } from './embedded-limits.js';
import { collectSoon, optimizeSoon } from './engine-flags.js';
import { gatewayPorts } from './ports.js';
import { stopOnSignals } from './shutdown.js';
import { welcome } from './welcome.js';

/**
 * `npm start`: the embedded network with the audit contract, in a thread of its own, and a gateway for each organization
 * in this one.
 */

const ORGANIZATIONS = ['operator', 'partner', 'auditor'] as const;
/** Part of a thread's time that all verification may take. */
const VERIFICATION_SHARE = 0.25;
const chaincodePackageDir = join(import.meta.dirname, '../chaincode-package');

async function start(): Promise<void> {
  optimizeSoon();
  collectSoon();
  const ports = await gatewayPorts(process.env['PORT'], ORGANIZATIONS.length);
  const data = openDataDirectory(process.env['AUDIT_DATA_DIR'] ?? 'data');
  // In the order of starting; they are closed in the opposite order.
  const running: { close(): Promise<void> | void }[] = [{ close: data.release }];
  stopOnSignals(running);

  const networkDir = join(data.path, 'network');
  if (!existsSync(networkDir)) process.stderr.write('Making the organizations, their certificates and the channel …\n');
  const network = await startNetworkThread({
    dataDir: networkDir,
    chaincodePackageDir,
    onFailure: endWithoutNetwork,
  }).catch(cannotOpen(networkDir));
  running.push(network);

  const partners = writePartners(data.path, ORGANIZATIONS, ports);
  const urls: string[] = [];
  for (const [index, organization] of ORGANIZATIONS.entries()) {
    const config: GatewayConfig = {
      port: ports[index],
      profile: network.profiles[organization] ?? '',
      dataDir: join(data.path, 'gateways', organization),
      tokensFile: ensureCredentials(data.path, organization).tokensFile,
      partnersFile: partners[organization],
      logLevel: 'warn',
      limits: EMBEDDED_LIMITS,
      // The gateways have one thread together.
      witness: { share: VERIFICATION_SHARE / ORGANIZATIONS.length },
    };
    const gateway = await startGateway(config, network.calls[organization]);
    running.push(gateway);
    urls.push(gateway.url);
  }
  const below = relative(process.cwd(), data.path);
  process.stdout.write(welcome(below.startsWith('..') ? data.path : below, [...ORGANIZATIONS], urls));
}

/** Gateways without their network could only refuse; what they have accepted is in their journals. */
function endWithoutNetwork({ message }: Error): void {
  process.stderr.write(`The network has failed and everything stops, to be started again: ${message}\n`);
  process.exit(1);
}

try {
  await start();
} catch (error) {
  if (!(error instanceof SetupError || error instanceof ConfigError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}

import path from 'node:path';
import { startGateway } from '../../../gateway/index.js';
import { startNetworkThread } from '../../../network/embedded/thread/index.js';
import { ensureCredentials } from '../../../scripts/credentials.js';
import { root } from '../../runner/tiers.js';

/**
 * The product as `npm start` runs it, with the operator's gateway only and without a limit on requests: a process of
 * its own, so that its CPU time and memory are its own. Sends `{url, tokenFile}` when it listens.
 */
const [dataDir = ''] = process.argv.slice(2);
const network = await startNetworkThread({
  dataDir: path.join(dataDir, 'network'),
  chaincodePackageDir: path.join(root, 'dist/chaincode-package'),
  onFailure: (error) => {
    throw error;
  },
});
const { tokenFile, tokensFile } = ensureCredentials(dataDir, 'operator');
const gateway = await startGateway({
  port: 0,
  profile: network.profiles['operator'] ?? '',
  dataDir: path.join(dataDir, 'gateways/operator'),
  tokensFile,
  logLevel: 'warn',
  // As npm start sets it, but for the limit of requests.
  limits: { requestsPerMinute: 1_000_000_000, transactionsInFlight: 1 },
});
process.send?.({ url: gateway.url, tokenFile });
process.once('SIGTERM', () => {
  process.disconnect();
  void gateway
    .close()
    .then(() => network.close())
    .then(() => process.exit(0));
});

import { ConfigError, readConfig, startGateway } from '../gateway/index.js';
import { optimizeSoon } from './engine-flags.js';
import { stopOnSignals } from './shutdown.js';

/** `npm run gateway`: one organization's gateway, as the GATEWAY_… variables describe it (docs/operations.md). */

optimizeSoon();
try {
  const gateway = await startGateway(readConfig(process.env));
  stopOnSignals([gateway]);
  process.stdout.write(`The gateway listens on ${gateway.url}\n`);
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}

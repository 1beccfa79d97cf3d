import { GatewayClient, GatewayError } from './gateway-client.js';
import { exportPopulation } from './export/export-population.js';
import { readOptions } from './export/options.js';
import { UsageError } from './usage-error.js';

/** `npm run export -- --out DIR`: it may be stopped and run again, and goes on behind the last whole page. */
try {
  const { url, token, ...request } = readOptions(process.argv.slice(2), process.env);
  const client = new GatewayClient(url, token);
  await client.requireReachable();
  const { rows, sha256, sample } = await exportPopulation(client, request);
  process.stdout.write(`${rows} events, SHA-256 ${sha256}, receipts of ${sample.receipts.length}\n`);
} catch (error) {
  if (!(error instanceof UsageError || error instanceof GatewayError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = error instanceof UsageError ? 64 : 1;
}

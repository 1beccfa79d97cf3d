import { GatewayClient, GatewayError } from './gateway-client.js';
import { importFile } from './import/import-file.js';
import type { FileOutcome } from './import/import-file.js';
import { readOptions } from './import/options.js';
import type { ImportOptions } from './import/options.js';
import { describeOutcome, describeTotal, progressBar, sumCounts } from './import/printing.js';
import { UsageError } from './usage-error.js';

/**
 * `npm run import -- FILE…`: agent traces into the ledger through the REST API. It may be stopped and run again at any
 * time: ids depend on the source alone, so what is there already is met as a duplicate.
 */
async function importFiles(options: ImportOptions): Promise<FileOutcome[]> {
  const client = new GatewayClient(options.url, options.token);
  if (!options.dryRun) await client.requireReachable();
  const outcomes: FileOutcome[] = [];
  for (const file of options.files) {
    const bar = progressBar(file, process.stderr);
    const outcome = await importFile(file, options, client, bar.update);
    bar.end();
    outcomes.push(outcome);
    if (!options.json) process.stdout.write(`${describeOutcome(outcome, options.dryRun)}\n`);
  }
  return outcomes;
}

try {
  const options = readOptions(process.argv.slice(2), process.env);
  const outcomes = await importFiles(options);
  const total = sumCounts(outcomes);
  const summary = options.json
    ? JSON.stringify({ files: outcomes, total }, null, 2)
    : describeTotal(outcomes, total, options.dryRun);
  process.stdout.write(`${summary}\n`);
  process.exitCode = outcomes.some(({ faults }) => faults.length > 0) ? 1 : 0;
} catch (error) {
  if (!(error instanceof UsageError || error instanceof GatewayError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 2;
}

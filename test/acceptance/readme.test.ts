import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { root } from '../runner/tiers.js';
import { describeEmbedded } from '../support/network-under-test.js';
import { useProduct } from '../support/product.js';

/** The README is run as it stands; only port and data directory are those of the test. */
describeEmbedded('the README', () => {
  const product = useProduct();
  const readme = readFileSync(path.join(root, 'README.md'), 'utf8');

  it('shows a first event whose receipt names three organizations, read back at the auditor', async () => {
    const [record = '', read = ''] = commands().filter((block) => block.includes('curl'));
    const receipt = JSON.parse(await run(record)) as Record<string, unknown>;
    assert.deepEqual(Object.keys(receipt), Object.keys(shownReceipt()));
    assert.deepEqual(receipt['endorsed_by'], ['AuditorMSP', 'OperatorMSP', 'PartnerMSP']);

    const answers = (await run(read.replaceAll(/^auditor '.*'$/gm, '$&; echo'))).trim().split('\n');
    const [event, history, session, list] = answers.map((line) => JSON.parse(line) as Record<string, unknown>);
    assert.deepEqual((event?.['event'] as { output: unknown }).output, { refunded: true });
    assert.equal((history?.['recording'] as { hash: unknown }).hash, receipt['hash']);
    assert.equal((session?.['events'] as unknown[]).length, 1);
    assert.equal(list?.['scanned'], false);
  });

  it('checks evidence offline, and says which field one other byte is in', async () => {
    const [check = '', forge = ''] = commands().filter((block) => block.includes('npm run -s verify'));
    assert.match(await run(check), /NOT INDEPENDENT[^]*PROVEN[^]*AuditorMSP, .*OperatorMSP[^]*DOES NOT SHOW/);
    const fault = await run(forge);
    assert.match(fault, /COMMITMENT_MISMATCH[^]*\/event\/openings\/input/);
  });

  it('connects an agent that speaks OpenTelemetry by its environment alone', async () => {
    const block = commands().find((text) => text.includes('OTEL_')) ?? '';
    const session = (await run(block)).trim();
    const list = JSON.parse(
      await run(`curl -s "http://127.0.0.1:3000/v1/events?session_id=${session}" \
      -H "Authorization: Bearer $(cat data/credentials/operator.token)"`),
    ) as { events: { event: { tool?: object } }[] };
    assert.deepEqual(list.events.map(({ event }) => event.tool).filter(Boolean), [{ name: 'search_flights' }]);
  });

  it('records what an agent signs itself', async () => {
    const locator = (await run(commands().find((text) => text.includes('signing-agent')) ?? '')).trim();
    assert.match(locator, /^OperatorMSP~signing-agent~refund-\d+~2$/);
  });

  function commands(): string[] {
    return [...readme.matchAll(/^```sh\n([^]*?)^```$/gm)].map(([, text = '']) => text);
  }

  function shownReceipt(): object {
    return JSON.parse(/^```json\n([^]*?)^```$/m.exec(readme)?.[1] ?? '{}') as object;
  }

  async function run(script: string): Promise<string> {
    const text = script
      .replaceAll(/127\.0\.0\.1:300(\d)/g, (_, digit: string) => `127.0.0.1:${product.port + Number(digit)}`)
      .replaceAll(/\bdata\//g, `${product.dataDir}/`)
      .replaceAll('npm run -s verify --', 'node dist/scripts/verify.js');
    return (await promisify(execFile)('bash', ['-euc', text], { cwd: root })).stdout;
  }
});

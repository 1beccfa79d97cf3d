import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe } from 'mocha';
import type { QueryEvidence } from '../../core/index.js';
import { exportPopulation } from '../../scripts/export/export-population.js';
import type { Manifest } from '../../scripts/export/export-population.js';
import { GatewayClient, GatewayError } from '../../scripts/gateway-client.js';
import { root } from '../runner/tiers.js';
import { useGateways } from '../support/consortium.js';
import { newEvent, newSession } from '../support/events.js';
import { expectProven } from '../support/evidence.js';
import { itWithQueries } from '../support/network-under-test.js';

const CHALLENGE = 'made-up-by-the-auditor';
const EVENTS = 1100;
const FORMULA = '=HYPERLINK("https://example.org","refund")';

/** A gateway that goes away after so many requests. */
class FailingClient extends GatewayClient {
  constructor(
    url: string,
    token: string | undefined,
    private requestsLeft: number,
  ) {
    super(url, token);
  }

  override async request(...call: Parameters<GatewayClient['request']>): Promise<unknown> {
    if (this.requestsLeft-- === 0) throw new GatewayError('gone');
    return super.request(...call);
  }
}

describe('npm run export', function () {
  this.timeout(60_000);
  const gateways = useGateways();
  const recordedTo = new Date(Date.now() + 10 * 60_000).toISOString();
  let work: string;

  before(async () => {
    work = mkdtempSync(join(tmpdir(), 'audit-export-'));
    const { operator, auditor, level } = gateways();
    writeFileSync(join(work, 'token'), auditor.token ?? '', { mode: 0o600 });
    for (let done = 0; done < EVENTS; done += 100) {
      const session_id = newSession();
      const events = Array.from({ length: 100 }, () => newEvent({ session_id, agent_id: 'clerk', action: FORMULA }));
      assert.equal((await operator.post('/v1/events?atomic=true', { events })).status, 200);
    }
    await operator.record(newEvent({ agent_id: 'another' }));
    await level();
  });
  after(() => rmSync(work, { recursive: true, force: true }));

  function run(out: string, ...more: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
    const program = join(root, 'dist/scripts/export.js');
    const { url } = gateways().auditor;
    const to = [
      '--out',
      join(work, out),
      '--url',
      url,
      '--token-file',
      join(work, 'token'),
      '--recorded-to',
      recordedTo,
    ];
    const args = [program, ...to, '--agent', 'clerk', '--challenge', CHALLENGE, ...more];
    return new Promise((resolve) =>
      execFile(process.execPath, args, (error, stdout, stderr) =>
        resolve({ code: Number(error?.code ?? 0), stdout, stderr }),
      ),
    );
  }

  function read(out: string, file: string): string {
    return readFileSync(join(work, out, file), 'utf8');
  }

  function readManifest(out: string): Manifest {
    return JSON.parse(read(out, 'manifest.json')) as Manifest;
  }

  function rowsOf(out: string): string[] {
    return read(out, 'events.csv').split('\r\n').slice(1, -1);
  }

  itWithQueries('lists every event that fits once, with what the organizations signed of the list', async () => {
    const { code, stdout, stderr } = await run('whole');
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^1100 events, SHA-256 /);
    const manifest = readManifest('whole');
    assert.equal(manifest.sha256, createHash('sha256').update(read('whole', 'events.csv')).digest('hex'));
    assert.deepEqual([manifest.rows, manifest.pages], [EVENTS, 2]);
    const pages = [1, 2].map((page) => read('whole', `pages/00000${page}.evidence.json`));
    for (const page of pages) expectProven(gateways().consortium, page, CHALLENGE);
    const answers = pages.map((page) => (JSON.parse(page) as QueryEvidence).query.answer);
    const signed = answers.flatMap(({ hits }) => hits.map(({ locator, hash }) => `${locator},${hash}`));
    const listed = rowsOf('whole').map((row) => row.split(',').slice(0, 2).join(','));
    assert.deepEqual(listed, signed);
    assert.equal(new Set(listed).size, EVENTS);
    assert.equal(answers[1]?.query.cursor, answers[0]?.next_cursor);
    assert.equal(answers[1]?.next_cursor, undefined);
  });

  itWithQueries('writes no cell that a spreadsheet would run', () => {
    const [row = ''] = rowsOf('whole');
    assert.ok(row.includes(`,"'${FORMULA.replaceAll('"', '""')}",`), row);
  });

  itWithQueries('adds receipts of a sample that the seed chooses, the same each time', async () => {
    const sample = ['--sample', '3', '--seed', 'of the auditor'];
    assert.equal((await run('sampled', ...sample)).code, 0);
    const { receipts } = readManifest('sampled').sample;
    const ranks = rowsOf('sampled')
      .map((row) => row.split(',')[0] ?? '')
      .map((locator) => [createHash('sha256').update(`of the auditor\n${locator}`).digest('hex'), locator] as const)
      .sort(([one], [other]) => (one < other ? -1 : 1));
    assert.deepEqual(
      receipts.map(({ locator }) => locator),
      ranks.slice(0, 3).map(([, locator]) => locator),
    );
    for (const { locator, file } of receipts) {
      const report = expectProven(gateways().consortium, read('sampled', file), CHALLENGE);
      assert.equal(report.event?.locator, locator);
    }
  });

  itWithQueries('goes on where it was stopped, wherever that was', async () => {
    const { url, token } = gateways().auditor;
    const filter = { agent_id: 'clerk', recorded_to: recordedTo };
    const request = { filter, sample: { size: 2, seed: 'any' }, challenge: CHALLENGE };
    const whole = await exportPopulation(new GatewayClient(url, token), { ...request, out: join(work, 'in one go') });
    const out = join(work, 'in pieces');
    for (const requests of [1, 2, 1, 1]) {
      const client = new FailingClient(url, token, requests);
      await assert.rejects(exportPopulation(client, { ...request, out }), /gone/);
      writeFileSync(join(out, 'events.csv'), 'half a line', { flag: 'a' });
    }
    const resumed = await exportPopulation(new GatewayClient(url, token), { ...request, out });
    assert.deepEqual([resumed.rows, resumed.sha256], [whole.rows, whole.sha256]);
    assert.deepEqual(resumed.sample, whole.sample);
  });

  itWithQueries('touches no other export, and says what makes no sense', async () => {
    assert.match((await run('whole')).stderr, /There is an export/);
    for (const bad of [
      ['--sample', '3'],
      ['--sample', '-1', '--seed', 'x'],
      ['--from', 'yesterday'],
      ['--challenge', 'x'],
    ]) {
      assert.equal((await run('never', ...bad)).code, 64, bad.join(' '));
    }
  });
});

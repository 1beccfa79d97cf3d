import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe } from 'mocha';
import type { QueryEvidence } from '../../core/index.js';
import { checkExport } from '../../scripts/export/check-export.js';
import { ExportFault } from '../../scripts/export/export-report.js';
import { exportPopulation } from '../../scripts/export/export-population.js';
import type { Manifest } from '../../scripts/export/manifest.js';
import { GatewayClient, GatewayError } from '../../scripts/gateway-client.js';
import { root } from '../runner/tiers.js';
import { ORGANIZATIONS, useGateways } from '../support/consortium.js';
import { newEvent, newSession } from '../support/events.js';
import { authorityOf, expectProven, mspIdOf, trustInAll } from '../support/evidence.js';
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
  this.timeout(180_000);
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

  itWithQueries('is checked as a whole by one command', async () => {
    const trust = join(work, 'trust');
    mkdirSync(trust);
    for (const name of ORGANIZATIONS)
      writeFileSync(join(trust, `${mspIdOf(name)}.pem`), authorityOf(gateways().consortium.dir, name));
    writeFileSync(join(trust, 'trust.json'), '{ "version": 1, "rule": { "at_least": 3 } }');
    const program = join(root, 'dist/scripts/verify.js');
    const command = [program, join(work, 'sampled'), '--trust', trust, '--allow-demo', '--challenge'];
    const whole = spawnSync(process.execPath, [...command, CHALLENGE], { encoding: 'utf8' });
    assert.equal(whole.status, 0, whole.stderr);
    assert.match(whole.stdout, /events +1100\n[^]*3 receipts[^]*\[AuditorMSP, OperatorMSP, PartnerMSP\]/);
    const asked = spawnSync(process.execPath, [...command, 'another-challenge', '--json'], { encoding: 'utf8' });
    assert.equal(asked.status, 1);
    assert.match(asked.stdout, /"code": "CHALLENGE_MISMATCH"/);
    assert.equal(await faultOf('sampled'), undefined);
  });

  itWithQueries('is refused wherever somebody has changed a part of it', async () => {
    const list = (change: (rows: string[]) => void) => (out: string) => {
      const rows = read(out, 'events.csv').split('\r\n');
      change(rows);
      writeFileSync(join(work, out, 'events.csv'), rows.join('\r\n'));
    };
    const manifest = (change: (manifest: Manifest) => void) => (out: string) => {
      const changed = readManifest(out);
      change(changed);
      writeFileSync(join(work, out, 'manifest.json'), JSON.stringify(changed));
    };
    const file = (out: string, name: string) => join(work, out, `${name}.evidence.json`);
    const cases: [code: string, change: (out: string) => void][] = [
      ['LIST_MISMATCH', list((rows) => rows.splice(7, 1))],
      ['LIST_MISMATCH', list((rows) => rows.splice(7, 0, rows[7] ?? ''))],
      ['LIST_MISMATCH', list((rows) => rows.splice(7, 2, rows[8] ?? '', rows[7] ?? ''))],
      ['LIST_MISMATCH', list((rows) => rows.splice(-1, 0, rows[1] ?? ''))],
      ['LIST_MISMATCH', list((rows) => (rows[3] = rows[3]?.replace('tool_call', 'user_message') ?? ''))],
      ['LIST_MISMATCH', manifest((changed) => (changed.rows -= 1))],
      ['PAGES_BROKEN', manifest((changed) => (changed.pages = 1))],
      ['PAGES_BROKEN', manifest((changed) => (changed.filter = { ...changed.filter, agent_id: 'another' }))],
      ['PAGES_BROKEN', manifest((changed) => (changed.heights[1] += 1))],
      ['PAGES_BROKEN', manifest((changed) => (changed.pages = 3))],
      ['MALFORMED_EXPORT', manifest((changed) => Object.assign(changed, { more: 1 }))],
      ['MALFORMED_EXPORT', (out) => rmSync(join(work, out, 'events.csv'))],
      ['PAGES_BROKEN', (out) => renameSync(file(out, 'pages/000002'), file(out, 'pages/000001'))],
      ['SAMPLE_MISMATCH', manifest((changed) => (changed.sample.seed = 'one that draws better'))],
      ['SAMPLE_MISMATCH', manifest((changed) => changed.sample.receipts.pop())],
      ['SAMPLE_MISMATCH', (out) => cpSync(file(out, 'receipts/000002'), file(out, 'receipts/000001'))],
      ['CHALLENGE_MISMATCH', manifest((changed) => (changed.challenge = 'another-challenge'))],
    ];
    for (const [index, [code, change]] of cases.entries()) {
      const out = `changed ${index}`;
      cpSync(join(work, 'sampled'), join(work, out), { recursive: true });
      change(out);
      assert.equal(await faultOf(out), code, out);
    }
  });

  async function faultOf(out: string): Promise<string | undefined> {
    try {
      await checkExport(join(work, out), trustInAll(gateways().consortium), {});
      return undefined;
    } catch (error) {
      return error instanceof ExportFault ? error.code : assert.fail(error as Error);
    }
  }

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

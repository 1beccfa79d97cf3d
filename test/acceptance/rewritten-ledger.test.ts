import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, it } from 'mocha';
import type { z } from 'zod';
import type { verificationAnswer } from '../../gateway/routes/verification.js';
import { startEmbeddedNetwork, verifyEmbeddedLedger } from '../../network/embedded/index.js';
import type { Report } from '../../verifier/index.js';
import { root } from '../runner/tiers.js';
import type { Api } from '../support/api.js';
import { Consortium, ORGANIZATIONS } from '../support/consortium.js';
import { AUDIT_CHAINCODE } from '../support/native-options.js';
import { newEvent } from '../support/events.js';
import { describeEmbedded } from '../support/network-under-test.js';
import { cutOff, rewriteEvent } from '../support/rewrite-ledger.js';

type Verification = z.output<typeof verificationAnswer>;

const OFTEN = { witness: { verify: true, checkpointMs: 300, attestMs: 0 } };
const ALONE = { witness: { verify: false, checkpointMs: 0, attestMs: 0 } };

/**
 * One history for each test, on a copy: an event, more events, and what the partner saw of it; then the network stops, and
 * whoever has all keys writes its blocks anew.
 */
describeEmbedded('a ledger that was rewritten while its network stood still', function () {
  this.timeout(120_000);
  const dir = mkdtempSync(join(tmpdir(), 'rewritten-'));
  const trustDir = join(dir, 'trust');
  const seen = join(dir, 'seen.ndjson');
  const receipt = join(dir, 'receipt.json');
  let block: number;
  let locator: string;
  let height: number;

  before(async () => {
    const consortium = await start(join(dir, 'sound'));
    const operator = await consortium.startGateway('operator', 'operator', ALONE);
    const partner = await consortium.startGateway('partner', 'partner', OFTEN);
    await until(partner, (now) => now.verified_height === now.ledger_height && checkpointOf(now) !== undefined);
    ({ locator, block_number: block } = await operator.record(newEvent({ session_id: 'judged', action: 'approve' })));
    await operator.record(newEvent());
    await operator.post(`/v1/events/${locator}/attestations`, { kind: 'confirmed' });
    height = await operator.height();
    await until(partner, (now) => now.verified_height === height && checkpointOf(now)?.height === height);
    const calm = await verification(partner);
    assert.deepEqual([calm.status, calm.alarms.count], ['verifying', 0], JSON.stringify(calm.alarms.recent));
    writeFileSync(seen, (await partner.get('/v1/checkpoints?limit=200')).text);
    writeFileSync(receipt, (await operator.get(`/v1/events/${locator}/evidence`)).text);
    await consortium.stop();
    mkdirSync(trustDir);
    for (const name of ORGANIZATIONS) {
      const authority = readFileSync(join(dir, 'sound/network/organizations', name, 'ca/ca-cert.pem'));
      writeFileSync(join(trustDir, `${name.charAt(0).toUpperCase()}${name.slice(1)}MSP.pem`), authority);
    }
    writeFileSync(join(trustDir, 'trust.json'), JSON.stringify({ version: 1, rule: { at_least: 3 } }));
  });
  after(() => rmSync(dir, { recursive: true, force: true }));

  /** The network and the partner's gateway again, after something happened to the blocks. */
  async function restart(name: string, tamper: (dataDir: string) => Promise<void>): Promise<Consortium> {
    const copy = join(dir, name);
    cpSync(join(dir, 'sound'), copy, { recursive: true });
    await tamper(join(copy, 'network'));
    await (await start(copy)).stop(); // which rebuilds its index
    assert.deepEqual(await verifyEmbeddedLedger(join(copy, 'network')), [], 'by itself the ledger looks sound');
    return start(copy);
  }

  const rewritten = (name: string) =>
    restart(name, (dataDir) =>
      rewriteEvent(dataDir, block, (core) => {
        core.action = 'refuse';
      }),
    );

  it('brackets the event that it held before, by who saw it', () => {
    const report = verify(receipt, 0, '--allow-demo', '--checkpoints', seen);
    const { not_before: before, not_after: after } = report.time?.bracket ?? {};
    assert.ok(before && after && before.at <= after.at);
    assert.ok(before.height <= block && after.height > block);
    assert.deepEqual([before.observed_by, after.observed_by], ['PartnerMSP', 'PartnerMSP']);
    assert.match(after.signed_by, /AuditorMSP/);
  });

  it('is caught by the partner, who keeps both sides, goes on serving and does not forget it', async () => {
    const consortium = await rewritten('partner');
    try {
      let partner = await consortium.startGateway('partner', 'partner', OFTEN);
      const expected = ['LEDGER_REWRITTEN', 'CHAIN_MISMATCH', 'CHECKPOINT_FORK'];
      const found = await until(partner, ({ alarms }) => expected.every((code) => codesOf(alarms).has(code)));
      assert.equal(found.alarms.recent.find(({ code }) => code === 'LEDGER_REWRITTEN')?.block, block);
      assert.deepEqual([found.status, found.verified_height], ['halted', height]);
      const { evidence = [] } = found.alarms.recent.find(({ code }) => code === 'CHECKPOINT_FORK') ?? {};
      assert.equal(evidence.length, 2);
      assert.equal((await partner.get('/readyz')).status, 200);
      assert.match((await partner.get('/metrics')).text, /audit_gateway_alarms\{code="LEDGER_REWRITTEN"\} 1/);
      await consortium.stopGateway('partner');
      partner = await consortium.startGateway('partner', 'partner', ALONE);
      assert.ok(codesOf((await verification(partner)).alarms).has('LEDGER_REWRITTEN'));
    } finally {
      await consortium.stop();
    }
  });

  it('is caught by whoever gets an old checkpoint, also one who has seen nothing', async () => {
    const consortium = await rewritten('auditor');
    try {
      const auditor = await consortium.startGateway('auditor', 'auditor', ALONE);
      const ndjson = { 'content-type': 'application/x-ndjson' };
      const lines = readFileSync(seen, 'utf8').trim().split('\n').length;
      const answer = await auditor.request('POST', '/v1/checkpoints', readFileSync(seen, 'utf8'), ndjson);
      assert.deepEqual(answer.json(), { stored: lines, known: 0 });
      assert.deepEqual([...codesOf((await verification(auditor)).alarms)], ['CHAIN_MISMATCH']);
      const again = await auditor.request('POST', '/v1/checkpoints', readFileSync(seen, 'utf8'), ndjson);
      assert.deepEqual(again.json(), { stored: 0, known: lines });
      const forged = readFileSync(seen, 'utf8').replace(`"height":${height}`, `"height":${height + 1}`);
      const refused = await auditor.request('POST', '/v1/checkpoints', forged, ndjson);
      assert.match(refused.problem.detail, /ANSWER_MISMATCH/);
    } finally {
      await consortium.stop();
    }
  });

  it('is caught by the verifier: at the same height by a receipt, later by the full form', async () => {
    const consortium = await rewritten('verifier');
    try {
      const operator = await consortium.startGateway('operator', 'operator', ALONE);
      const file = join(dir, 'rewritten.json');
      const read = async (form: string) =>
        writeFileSync(file, (await operator.get(`/v1/events/${locator}/evidence?form=${form}`)).text);
      await read('receipt');
      assert.match(verify(file, 0, '--allow-demo').event?.words ?? '', /refuse/);
      const caught = verify(file, 1, '--allow-demo', '--checkpoints', seen);
      assert.equal(caught.fault?.code, 'CONTRADICTS_CHECKPOINT');
      for (let more = 0; more < 3; more++) await operator.record(newEvent());
      await read('full');
      assert.equal(verify(file, 0, '--allow-demo').fault, undefined);
      assert.equal(verify(file, 1, '--checkpoints', seen).fault?.code, 'CONTRADICTS_CHECKPOINT');
    } finally {
      await consortium.stop();
    }
  });

  it('shows as a fork when two sets of checkpoints are compared, and both sides are kept', async () => {
    const consortium = await rewritten('compare');
    const later = join(dir, 'later.ndjson');
    try {
      const operator = await consortium.startGateway('operator', 'operator', {
        witness: { ...OFTEN.witness, verify: false },
      });
      await until(operator, (now) => checkpointOf(now, 'OperatorMSP') !== undefined);
      writeFileSync(later, (await operator.get('/v1/checkpoints?limit=1')).text);
    } finally {
      await consortium.stop();
    }
    assert.match(compare(seen, seen, 0), /No contradiction/);
    assert.match(compare(seen, later, 1), /FORK: block \d+ is [0-9a-f]{64} by checkpoint/);
    const kept = readdirSync(join(dir, 'kept'));
    assert.ok(kept.length >= 2);
    for (const name of kept)
      assert.ok(readFileSync(join(dir, 'kept', name), 'utf8').includes('agent-audit-checkpoint'));
    writeFileSync(later, 'not a checkpoint\n');
    assert.match(compare(seen, later, 2), /NOT_JSON/);
  });

  it('is caught when its tail was cut off, and as a fork when other blocks stand there', async () => {
    const consortium = await restart('cut', (dataDir) => cutOff(dataDir, height - 1));
    try {
      const partner = await consortium.startGateway('partner', 'partner', OFTEN);
      const cut = await until(partner, ({ alarms }) => codesOf(alarms).has('CHECKPOINT_CUT_OFF'));
      assert.ok(codesOf(cut.alarms).has('LEDGER_CUT_OFF'));
      assert.equal(cut.status, 'halted');
      writeFileSync(join(dir, 'short.ndjson'), (await partner.get('/v1/checkpoints?limit=1')).text);
      assert.match(compare(seen, join(dir, 'short.ndjson'), 1), /CUT_OFF: checkpoint .* shows \d+ blocks/);
      const operator = await consortium.startGateway('operator', 'operator', ALONE);
      for (let more = 0; more < 2; more++) await operator.record(newEvent());
      const forked = await until(partner, ({ alarms }) => codesOf(alarms).has('LEDGER_REWRITTEN'));
      assert.equal(forked.alarms.recent.find(({ code }) => code === 'LEDGER_REWRITTEN')?.block, height - 1);
    } finally {
      await consortium.stop();
    }
  });

  function verify(file: string, status: number, ...options: string[]): Report {
    return JSON.parse(run('verify', [file, '--trust', trustDir, '--json', ...options], status)) as Report;
  }

  function compare(one: string, other: string, status: number): string {
    return run('checkpoints', ['compare', one, other, '--trust', trustDir, '--keep', join(dir, 'kept')], status);
  }

  function run(command: string, options: string[], status: number): string {
    const done = spawnSync(process.execPath, [join(root, `dist/scripts/${command}.js`), ...options], {
      encoding: 'utf8',
    });
    assert.equal(done.status, status, done.stdout + done.stderr);
    return done.stdout;
  }
});

async function start(dir: string): Promise<Consortium> {
  const network = await startEmbeddedNetwork({ dataDir: join(dir, 'network'), chaincodePackageDir: AUDIT_CHAINCODE });
  return Consortium.on(dir, network);
}

async function verification(api: Api): Promise<Verification> {
  return (await api.read('/v1/verification')) as Verification;
}

/** Waits until it is so; the test's own limit ends it. */
async function until(api: Api, isSo: (now: Verification) => boolean): Promise<Verification> {
  for (;;) {
    const now = await verification(api);
    if (isSo(now)) return now;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

function codesOf({ recent }: Verification['alarms']): Set<string> {
  return new Set(recent.map(({ code }) => code));
}

function checkpointOf({ organizations }: Verification, mspId = 'PartnerMSP') {
  return organizations.find((organization) => organization.msp_id === mspId)?.checkpoint;
}

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, it } from 'mocha';
import type { EventEvidenceFile } from '../../core/index.js';
import { startGateway } from '../../gateway/index.js';
import { readTrust, verifyEvidence } from '../../verifier/index.js';
import type { Report } from '../../verifier/index.js';
import { root } from '../runner/tiers.js';
import { Api } from '../support/api.js';
import { ORGANIZATIONS, useGateways, writeTokens } from '../support/consortium.js';
import { newEvent, newSession } from '../support/events.js';
import { authorityOf, everythingIn, mspIdOf, verifyAsOutsider } from '../support/evidence.js';
import { IS_DEMONSTRATION } from '../support/network-under-test.js';

const CHALLENGE = 'made-up-by-the-auditor';

describe('evidence of an event', () => {
  const gateways = useGateways();
  const session_id = newSession();
  const neighbours = ['NEIGHBOUR-BEFORE', 'NEIGHBOUR-BEHIND', 'STRANGER'] as const;
  let locator: string;
  let trustDir: string;

  /** Three events in one record, another agent's session in the same block, and a dispute. */
  before(async function () {
    this.timeout(30_000);
    const { operator, partner, consortium, level } = gateways();
    const marked = (mark: string, more: object = {}) =>
      newEvent({ session_id, action: mark, labels: { mark }, input: { secret: mark }, ...more });
    const [first, last, stranger] = neighbours;
    const others = marked(stranger, { session_id: newSession() });
    const events = [marked(first), marked('OWN-EVENT'), marked(last), others];
    const answer = await operator.post('/v1/events?atomic=true', { events });
    assert.equal(answer.status, 200, answer.text);
    locator = `OperatorMSP~support-bot~${session_id}~2`;
    await level();
    const dispute = await partner.post(`/v1/events/${locator}/attestations`, { kind: 'disputed', reason: 'not so' });
    assert.equal(dispute.status, 201, dispute.text);
    await level();
    trustDir = join(consortium.dir, 'trust');
    mkdirSync(trustDir);
    for (const organization of ORGANIZATIONS) {
      writeFileSync(join(trustDir, `${mspIdOf(organization)}.pem`), authorityOf(consortium.dir, organization));
    }
    writeFileSync(join(trustDir, 'trust.json'), JSON.stringify({ version: 1, rule: { at_least: 3 } }));
  });

  async function readEvidence(query: string): Promise<string> {
    const answer = await gateways().auditor.get(`/v1/events/${locator}/evidence?${query}`);
    assert.equal(answer.status, 200, answer.text);
    assert.match(answer.headers.get('content-disposition') ?? '', /^attachment; filename=.*\.evidence\.json/);
    return answer.text;
  }

  function verify(text: string, challenge = CHALLENGE): Report {
    return verifyAsOutsider(gateways().consortium, text, challenge);
  }

  it('is signed by every organization, whichever gateway is asked', async () => {
    for (const name of ORGANIZATIONS) {
      const answer = await gateways()[name].get(`/v1/events/${locator}/evidence?challenge=${CHALLENGE}`);
      const report = verify(answer.text);
      assert.equal(report.verdict, IS_DEMONSTRATION ? 'demonstration' : 'valid', report.fault?.detail);
      assert.deepEqual(report.signers.map(({ msp_id }) => msp_id).sort(), ['AuditorMSP', 'OperatorMSP', 'PartnerMSP']);
      assert.deepEqual(report.disputed_by, ['PartnerMSP']);
    }
  });

  it('is for the challenge that was asked with, and no other', async () => {
    const text = await readEvidence(`challenge=${CHALLENGE}`);
    assert.equal(verify(text, 'another-challenge').fault?.code, 'CHALLENGE_MISMATCH');
    const unasked = JSON.parse(await readEvidence('')) as EventEvidenceFile;
    assert.match(unasked.event.answer.challenge, /^[0-9a-f]{32}$/);
  });

  it('holds the payload only where it was asked for', async () => {
    const without = await readEvidence(`challenge=${CHALLENGE}`);
    assert.equal(everythingIn(without).includes('"secret"'), false);
    const opened = JSON.parse(await readEvidence(`challenge=${CHALLENGE}&include=payload`)) as EventEvidenceFile;
    assert.deepEqual(opened.event.openings?.input?.value, { secret: 'OWN-EVENT' });
    assert.match(verify(JSON.stringify(opened)).statements[1]?.sentence ?? '', /input, output/);
  });

  it('holds nothing of its neighbours in record and block, in clear or in signed bytes', async () => {
    const all = everythingIn(await readEvidence(`challenge=${CHALLENGE}&include=payload`));
    assert.ok(all.includes('OWN-EVENT'));
    for (const mark of neighbours) assert.equal(all.includes(mark), false, mark);
  });

  it('is about 10 KB', async () => {
    const { length } = await readEvidence('');
    assert.ok(length < 12_000, `${length} bytes`);
  });

  it('is refused where the event, the challenge or the token is none', async () => {
    const { auditor, consortium } = gateways();
    assert.equal((await auditor.get('/v1/events/OperatorMSP~support-bot~nobody~1/evidence')).status, 404);
    for (const bad of ['short', 'with%20space', 'x'.repeat(129)]) {
      assert.equal(
        (await auditor.get(`/v1/events/${locator}/evidence?challenge=${bad}`)).problem.code,
        'INVALID_REQUEST',
      );
    }
    const config = consortium.config('auditor', 'auditor-limited');
    const tokens = writeTokens(config.tokensFile, [
      { subject: 'other', agents: 'other-*', scopes: ['read'] },
      { subject: 'writer', agents: '*', scopes: ['write'] },
    ]);
    const gateway = await startGateway(config);
    try {
      for (const token of tokens) {
        const answer = await new Api(gateway.url, token).get(`/v1/events/${locator}/evidence?include=payload`);
        assert.equal(answer.problem.code, 'FORBIDDEN');
      }
    } finally {
      await gateway.close();
    }
  });

  it('is verified by one command, whose exit status is the verdict', async () => {
    const file = join(gateways().consortium.dir, 'evidence.json');
    const text = await readEvidence(`challenge=${CHALLENGE}&include=payload`);
    writeFileSync(file, text);
    const { stdout } = run(file, IS_DEMONSTRATION ? 3 : 0);
    assert.match(stdout, IS_DEMONSTRATION ? /NOT INDEPENDENT/ : /: VALID/);
    assert.match(stdout, /OWN-EVENT[^]*DISPUTED BY PartnerMSP[^]*DOES NOT SHOW/);
    assert.equal(run(file, 0, '--allow-demo', '--challenge', CHALLENGE).stderr, '');
    const report = JSON.parse(run(file, 1, '--json', '--challenge', 'another-challenge').stdout) as Report;
    assert.equal(report.fault?.code, 'CHALLENGE_MISMATCH');
    writeFileSync(file, text.replace('"OWN-EVENT"', '"own-event"'));
    assert.match(run(file, 1).stdout, /INVALID[^]*EVENT_HASH_MISMATCH/);
    assert.match(run(join(trustDir, 'nothing'), 64).stderr, /cannot be read/);
  });

  it('proves nothing to those who trust others', async () => {
    const text = await readEvidence(`challenge=${CHALLENGE}`);
    const rule = '{"version":1,"rule":{"at_least":1}}';
    const authority = authorityOf(gateways().consortium.dir, 'auditor');
    const exchanged = new Map([['PartnerMSP', authority]]);
    const wrongRoots = verifyEvidence(Buffer.from(text), readTrust(rule, exchanged));
    assert.equal(wrongRoots.fault?.code, 'CERTIFICATE_NOT_TRUSTED');
    const strangers = verifyEvidence(Buffer.from(text), readTrust(rule, new Map([['OtherMSP', authority]])));
    assert.equal(strangers.verdict, 'inconclusive');
  });

  function run(file: string, status: number, ...options: string[]) {
    const command = join(root, 'dist/scripts/verify.js');
    const done = spawnSync(process.execPath, [command, file, '--trust', trustDir, ...options], { encoding: 'utf8' });
    assert.equal(done.status, status, done.stdout + done.stderr);
    return done;
  }
});

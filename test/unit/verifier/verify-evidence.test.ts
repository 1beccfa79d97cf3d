import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { before, describe, it } from 'mocha';
import { FAULTS, printReport, verifyEvidence } from '../../../verifier/index.js';
import type { FaultCode, Trust, VerifyOptions } from '../../../verifier/index.js';
import { createThreeSigners, forgeEvidence, toBytes, trustIn } from './forge-evidence.js';
import type { Forgery, Signers } from './forge-evidence.js';
import { createSigners } from './signers.js';
import type { SigningOrganization } from './signers.js';

/** P-256's order (FIPS 186-4 D.1.2.3). */
const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

describe('the verifier on what peers signed', () => {
  let signers: Signers;
  let impostor: SigningOrganization;
  let trust: Trust;

  before(async () => {
    signers = await createThreeSigners();
    impostor = await createSigners('Impostor', { mspId: 'PartnerMSP' });
    trust = trustIn(Object.values(signers) as SigningOrganization[]);
  });

  async function verify(forgery: Forgery, options: VerifyOptions = {}, by: Trust = trust) {
    return verifyEvidence(toBytes(await forgeEvidence(signers, forgery)), by, options);
  }

  async function expectFault(code: FaultCode, forgery: Forgery, options: VerifyOptions = {}, by: Trust = trust) {
    const report = await verify(forgery, options, by);
    assert.equal(report.fault?.code, code, report.fault?.detail);
    assert.equal(report.verdict, FAULTS[code].verdict);
  }

  it('takes it for valid, and says on whose word each thing is', async () => {
    const report = await verify({}, { challenge: 'asked-by-a-test' });
    assert.equal(report.verdict, 'valid', JSON.stringify(report.fault));
    assert.deepEqual(report.signers.map(({ msp_id, trusted }) => [msp_id, trusted]).sort(), [
      ['AuditorMSP', true],
      ['OperatorMSP', true],
      ['PartnerMSP', true],
    ]);
    assert.deepEqual(report.disputed_by, ['PartnerMSP']);
    assert.equal(report.time?.block, 7);
    const of = (kind: string) => report.statements.filter((statement) => statement.kind === kind);
    assert.equal(
      of('attested').every(({ by }) => by.length === 3),
      true,
    );
    assert.match(
      of('proven')
        .map(({ sentence }) => sentence)
        .join(),
      /input, output/,
    );
    assert.match(of('claimed')[0]?.by.join() ?? '', /OperatorMSP \(support-service\)/);
    assert.equal(report.does_not_show.length, 3);
  });

  it('says on its page whom the user trusted, also where it refuses', async () => {
    const { operator, partner } = signers;
    const by = trustIn([operator, partner], { rule: { at_least: 1, required: ['PartnerMSP'] } });
    const authority = new X509Certificate(partner.authorityPem).fingerprint256.replaceAll(':', '').toLowerCase();
    for (const forgery of [{}, { event: { status: 500 } }]) {
      const page = printReport(await verify(forgery, {}, by), 'of a test');
      assert.match(page, /at least 1 of these must have signed, PartnerMSP among them\n/);
      assert.ok(page.includes(`\n  PartnerMSP  authority ${authority}\n`), page);
    }
  });

  it('takes checkpoints that each organization signed alone', async () => {
    assert.equal((await verify({ apart: true })).verdict, 'valid');
  });

  it('says what it could not check', async () => {
    const report = await verify({ file: ({ event }) => delete event.openings });
    assert.equal(report.verdict, 'valid');
    const open = report.statements.filter(({ kind }) => kind === 'not_checked').map(({ sentence }) => sentence);
    assert.match(open.join('\n'), /input, output[^]*no challenge[^]*no bracket[^]*revoked/);
  });

  it('refuses an endorsed write, which may never have been committed', async () => {
    await expectFault('NOT_A_READ', { event: { writes: ['r~x'] } });
    await expectFault('NOT_A_READ', { event: { event: 'EventsRecorded' } });
    await expectFault('NOT_A_READ', { checkpoint: { writes: ['x'] } });
  });

  it('refuses answers to other questions', async () => {
    const locator = 'OperatorMSP~support-bot~session-1~4';
    await expectFault('WRONG_CHANNEL', { event: { channel: 'other' } });
    await expectFault('WRONG_CHANNEL', { checkpoint: { channel: 'other' } });
    await expectFault('WRONG_CHAINCODE', { event: { chaincode: 'other' } });
    await expectFault('WRONG_CHAINCODE', { checkpoint: { chaincode: 'audit' } });
    await expectFault('WRONG_FUNCTION', { event: { call: ['Echo', locator, 'asked-by-a-test'] } });
    await expectFault('WRONG_FUNCTION', { checkpoint: { call: ['GetBlockByNumber', 'audit', 'asked-by-a-test'] } });
    await expectFault('WRONG_ARGUMENTS', { event: { call: ['ProveEvent', 'another', 'asked-by-a-test'] } });
    await expectFault('WRONG_ARGUMENTS', { event: { call: ['ProveEvent', locator, 'asked-by-a-test', 'more'] } });
    await expectFault('CHALLENGE_MISMATCH', { event: { call: ['ProveEvent', locator, 'another-challenge'] } });
    await expectFault('CHALLENGE_MISMATCH', { checkpoint: { call: ['GetChainInfo', 'audit', 'another-challenge'] } });
    await expectFault('CHALLENGE_MISMATCH', {}, { challenge: 'what-i-asked-with' });
    await expectFault('TRANSACTION_ID_MISMATCH', { event: { transactionId: '00'.repeat(32) } });
    await expectFault('PROPOSAL_MISMATCH', { event: { transient: 'hidden' } });
  });

  it('refuses refusals, and answers that say something else', async () => {
    await expectFault('NOT_SUCCESSFUL', { event: { status: 500 } });
    await expectFault('ANSWER_MISMATCH', { event: { payload: 'null' } });
    await expectFault('ANSWER_MISMATCH', { checkpoint: { payload: '' } });
    await expectFault('CHECKPOINT_TOO_EARLY', { height: 7 });
    await expectFault('EVENT_HASH_MISMATCH', { answer: ({ event }) => (event.hash = '00'.repeat(32)) });
    await expectFault('LOCATOR_MISMATCH', { answer: ({ event }) => (event.locator += '0') });
  });

  it('wants the version of the record that holds the event in the read set', async () => {
    await expectFault('RECORD_NOT_READ', { event: { reads: [] } });
    await expectFault('RECORD_NOT_READ', {
      event: { reads: [{ key: 'r~OperatorMSP~support-bot~session-1~000000000003' }] },
    });
    await expectFault('RECORD_NOT_READ', { answer: (answer) => (answer.record_first_seq = 5) });
  });

  it('takes only the word of peers of the organizations that the user trusts', async () => {
    const { operator, partner, auditor } = signers;
    const both = trustIn([operator, { ...partner, authorityPem: partner.authorityPem + impostor.authorityPem }]);
    await expectFault('NOT_A_PEER', { endorsers: [operator.peer, partner.client] });
    await expectFault('CERTIFICATE_NOT_TRUSTED', { endorsers: [operator.peer, impostor.peer] });
    await expectFault('OUT_OF_ORDER', { endorsers: [partner.peer, partner.peer] });
    await expectFault('DUPLICATE_ORGANIZATION', { endorsers: [partner.peer, impostor.peer] }, {}, both);
    await expectFault('RULE_NOT_MET', { endorsers: [operator.peer] });
    await expectFault('RULE_NOT_MET', { endorsers: [operator.peer, auditor.peer] }, {}, trustIn([operator, partner]));
    await expectFault('UNTRUSTED_ORGANIZATIONS', { endorsers: [auditor.peer] }, {}, trustIn([operator, partner]));
    const partnerRequired = trustIn([operator, partner, auditor], { rule: { at_least: 1, required: ['PartnerMSP'] } });
    await expectFault('RULE_NOT_MET', { endorsers: [operator.peer, auditor.peer] }, {}, partnerRequired);
  });

  it('does not count organizations that the user does not know', async () => {
    const { operator, partner } = signers;
    const report = await verify({}, {}, trustIn([operator, partner]));
    assert.equal(report.verdict, 'valid');
    assert.deepEqual(
      report.signers.filter(({ trusted }) => !trusted).map(({ msp_id }) => msp_id),
      ['AuditorMSP'],
    );
    assert.equal(
      report.statements.some(({ by }) => by.includes('AuditorMSP')),
      false,
    );
  });

  it('wants the same organizations behind the event and the checkpoints', async () => {
    const { operator, partner, auditor } = signers;
    await expectFault('SIGNERS_DIFFER', { checkpoint: { endorsers: [operator.peer] } });
    await expectFault('UNUSED_IDENTITY', { endorsers: [operator.peer, partner.peer], listed: [auditor.peer] });
    await expectFault('OUT_OF_ORDER', { file: ({ identities }) => identities.reverse() });
    await expectFault('OUT_OF_ORDER', { file: ({ event }) => event.signed.endorsements.reverse() });
    await expectFault('OUT_OF_ORDER', { apart: true, file: ({ checkpoints }) => checkpoints.reverse() });
  });

  it('judges certificates and the bracket at the time of the answer', async () => {
    const [year2020, year2040] = [1_577_836_800, 2_208_988_800];
    await expectFault('CERTIFICATE_NOT_VALID_THEN', { event: { seconds: year2020 } });
    await expectFault('CERTIFICATE_NOT_VALID_THEN', { checkpoint: { seconds: year2040 } });
    const all = Object.values(signers) as SigningOrganization[];
    const past = trustIn(all, { bracket: { not_after: '2026-01-01T00:00:00Z' } });
    await expectFault('OUTSIDE_BRACKET', {}, {}, past);
    assert.equal(
      (await verify({}, {}, trustIn(all, { bracket: { not_before: '2020-01-01T00:00:00Z' } }))).verdict,
      'valid',
    );
  });

  it('refuses the other form of a signature', async () => {
    await expectFault('SIGNATURE_INVALID', {
      file: ({ event }) => {
        const [first] = event.signed.endorsements;
        assert.ok(first);
        first.signature = withHighS(first.signature);
      },
    });
  });

  it('says of a demonstration that it is one, and refuses a file that hides it', async () => {
    const demo = await createThreeSigners({ demo: true });
    const demoTrust = trustIn(Object.values(demo) as SigningOrganization[]);
    const honest = await forgeEvidence(demo, { file: ({ network }) => (network.demonstration = true) });
    const report = verifyEvidence(toBytes(honest), demoTrust);
    assert.equal(report.verdict, 'demonstration', report.fault?.detail);
    assert.equal(
      report.signers.every(({ demonstration }) => demonstration),
      true,
    );
    const hiding = verifyEvidence(toBytes(await forgeEvidence(demo)), demoTrust);
    assert.equal(hiding.fault?.code, 'NETWORK_MISMATCH');
  });
});

/** The same signature with the other value of S. */
function withHighS(signature: string): string {
  const der = Buffer.from(signature, 'base64');
  const lengthOfR = der[3] ?? 0;
  const r = der.subarray(2, 4 + lengthOfR);
  const s = BigInt(`0x${der.subarray(4 + lengthOfR + 2).toString('hex')}`);
  const high = Buffer.from((ORDER - s).toString(16).padStart(64, '0'), 'hex');
  const content = Buffer.concat([r, Buffer.from([0x02, 33, 0]), high]);
  return Buffer.concat([Buffer.from([0x30, content.length]), content]).toString('base64');
}

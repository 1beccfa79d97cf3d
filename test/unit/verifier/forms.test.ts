import assert from 'node:assert/strict';
import { before, describe, it } from 'mocha';
import { formatLocator, headKey, recordKey, recordsEnd } from '../../../core/index.js';
import type { EvidenceFile } from '../../../core/index.js';
import { verifyEvidence } from '../../../verifier/index.js';
import type { FaultCode, Trust } from '../../../verifier/index.js';
import { createThreeSigners, toBytes, trustIn } from './forge-evidence.js';
import type { Signers } from './forge-evidence.js';
import { CHALLENGE, endOfSession, forgeAbsence, forgeQuery, forgeSession, SESSION } from './forge-forms.js';
import type { SessionAnswerFile } from './forge-forms.js';

describe('the verifier on what peers signed of sessions, absences and queries', () => {
  let signers: Signers;
  let trust: Trust;
  const head = { key: headKey(SESSION), version: [7, 1] as [number, number] };

  before(async () => {
    signers = await createThreeSigners();
    trust = trustIn(Object.values(signers) as Signers['operator'][]);
  });

  function verify(file: EvidenceFile) {
    return verifyEvidence(toBytes(file), trust, { challenge: CHALLENGE });
  }

  function expectFault(code: FaultCode, file: EvidenceFile): void {
    const report = verify(file);
    assert.equal(report.fault?.code, code, report.fault?.detail);
  }

  /** Both answers are changed before they are signed. */
  async function expectSessionFault(
    code: FaultCode,
    change: (first: SessionAnswerFile, last: SessionAnswerFile) => void,
  ) {
    const answers = ([first, last]: SessionAnswerFile[]) => change(first ?? assert.fail(), last ?? assert.fail());
    expectFault(code, await forgeSession(signers, { answers }));
  }

  it('takes each form for what it is', async () => {
    assert.deepEqual(verify(await forgeSession(signers)).session?.to_the_end, true);
    assert.equal(verify(await forgeAbsence(signers)).absence?.reference, formatLocator({ ...SESSION, seq: 5 }));
    assert.equal(verify(await forgeAbsence(signers, {}, 'OperatorMSP~order-17')).verdict, 'valid');
    assert.equal(verify(await forgeQuery(signers)).query?.hits, 2);
  });

  it('refuses an endorsed write in every form', async () => {
    for (const plan of [{ writes: ['r~x'] }, { event: 'EventsRecorded' }]) {
      expectFault('NOT_A_READ', await forgeSession(signers, { plan }));
      expectFault('NOT_A_READ', await forgeAbsence(signers, { plan }));
      expectFault('NOT_A_READ', await forgeQuery(signers, { plan }));
    }
  });

  it('refuses one answer for another', async () => {
    const call = ['ProveEvent', 'OperatorMSP~support-bot~session-1~5', CHALLENGE];
    expectFault('WRONG_FUNCTION', await forgeAbsence(signers, { plan: { call } }));
    expectFault('WRONG_FUNCTION', await forgeSession(signers, { plan: { call } }));
    const other = ['ProveQuery', '{"by":"timestamp","limit":50,"order":"desc"}', CHALLENGE];
    expectFault('WRONG_ARGUMENTS', await forgeQuery(signers, { plan: { call: other } }));
    const from = ['ProveSession', 'OperatorMSP~support-bot~session-1', '2', CHALLENGE];
    expectFault('WRONG_ARGUMENTS', await forgeSession(signers, { plan: { call: from } }));
  });

  it('follows the chain, whatever was signed', async () => {
    await expectSessionFault('CHAIN_BROKEN', (_, last) => (last.from_seq = 2));
    await expectSessionFault('CHAIN_BROKEN', (_, last) => last.records.shift());
    await expectSessionFault('CHAIN_BROKEN', (_, last) => last.records.reverse());
    await expectSessionFault('CHAIN_BROKEN', (first) => first.records[0]?.events.pop());
    await expectSessionFault('CHAIN_BROKEN', (first) => first.records[0]?.events.reverse());
    await expectSessionFault('EVENT_HASH_MISMATCH', (first) => {
      for (const event of first.records[0]?.events ?? []) event.core.action = 'another';
    });
    await expectSessionFault('LOCATOR_MISMATCH', (_, last) => (last.session += '2'));
    await expectSessionFault('LOCATOR_MISMATCH', (first) => (first.head.agent_id = 'another'));
    await expectSessionFault('CHALLENGE_MISMATCH', (_, last) => (last.challenge = 'another-challenge'));
  });

  it('wants the head to be the end of the chain', async () => {
    await expectSessionFault('HEAD_MISMATCH', (_, last) => (last.head.seq = 3));
    await expectSessionFault('HEAD_MISMATCH', (_, last) => (last.head.hash = '00'.repeat(32)));
    await expectSessionFault('HEAD_MISMATCH', (_, last) => (last.head.open = true));
  });

  it('says where a session went on', async () => {
    const file = await forgeSession(signers, { answers: (answers) => answers.pop() });
    const report = verify(file);
    assert.deepEqual([report.session?.last_seq, report.session?.to_the_end], [2, false], report.fault?.detail);
    assert.match(report.statements.map(({ sentence }) => sentence).join('\n'), /went on to event 4/);
  });

  it('wants head, records and the end in the signed read set', async () => {
    const record = { key: recordKey(SESSION, 1), version: [7, 1] as [number, number] };
    const ranges = [endOfSession(4)];
    expectFault('HEAD_NOT_READ', await forgeSession(signers, { plan: { reads: [record], ranges } }));
    expectFault('HEAD_NOT_READ', await forgeSession(signers, { plan: { reads: [{ key: head.key }, record], ranges } }));
    expectFault('RECORD_NOT_READ', await forgeSession(signers, { plan: { reads: [head], ranges } }));
    const notTheEnd = [
      [],
      [{ ...endOfSession(4), exhausted: false }],
      [{ ...endOfSession(4), keys: [recordKey(SESSION, 5)] }],
      [{ ...endOfSession(4), start: recordKey(SESSION, 6) }],
      [{ ...endOfSession(4), end: recordsEnd({ ...SESSION, session_id: 'session-0' }) }],
    ];
    for (const wrong of notTheEnd) {
      expectFault('END_NOT_READ', await forgeSession(signers, { plan: { reads: [head, record], ranges: wrong } }));
      expectFault('END_NOT_READ', await forgeAbsence(signers, { plan: { ranges: wrong } }));
    }
  });

  it('refuses an absence of what is there, or was not looked for', async () => {
    const there = formatLocator({ ...SESSION, seq: 4 });
    expectFault('NOT_ABSENT', await forgeAbsence(signers, {}, there));
    expectFault('HEAD_NOT_READ', await forgeAbsence(signers, { plan: { reads: [] } }));
    const noSession = { answer: (answer: { head?: unknown }) => (answer.head = null) };
    assert.equal(verify(await forgeAbsence(signers, noSession)).verdict, 'valid');
    expectFault('ABSENCE_NOT_READ', await forgeAbsence(signers, { ...noSession, plan: { reads: [head] } }));
    const own = 'OperatorMSP~order-17';
    expectFault('ABSENCE_NOT_READ', await forgeAbsence(signers, { plan: { reads: [] } }, own));
    const found = [{ key: 'i~OperatorMSP~order-17', version: [3, 0] as [number, number] }];
    expectFault('ABSENCE_NOT_READ', await forgeAbsence(signers, { plan: { reads: found } }, own));
  });

  it('refuses an absence whose reference and head do not belong together', async () => {
    const withoutHead = { answer: (answer: { head?: unknown }) => delete answer.head };
    expectFault('MALFORMED_EVIDENCE', await forgeAbsence(signers, withoutHead));
    expectFault('MALFORMED_EVIDENCE', await forgeAbsence(signers, {}, 'order-17'));
    expectFault('MALFORMED_EVIDENCE', await forgeAbsence(signers, {}, 'OperatorMSP~support-bot~session-1~05'));
    const other = formatLocator({ ...SESSION, session_id: 'another', seq: 5 });
    expectFault('LOCATOR_MISMATCH', await forgeAbsence(signers, {}, other));
  });

  it("refuses a query's hits that are no events of records that were read", async () => {
    expectFault('RECORD_NOT_READ', await forgeQuery(signers, { plan: { reads: [] } }));
    expectFault('LOCATOR_MISMATCH', await forgeQuery(signers, { answer: ({ hits }) => hits[0] && hits.push(hits[0]) }));
    for (const change of [{ locator: 'OperatorMSP~order-17' }, { record_first_seq: 3 }]) {
      const answer = ({ hits }: { hits: object[] }) => Object.assign(hits[0] ?? {}, change);
      expectFault('LOCATOR_MISMATCH', await forgeQuery(signers, { answer }));
    }
  });

  it('wants the same organizations behind all answers, and checkpoints from behind what was read', async () => {
    const { operator, partner, auditor } = signers;
    const file = await forgeSession(signers);
    const fewer = await forgeSession(signers, { endorsers: [operator.peer, partner.peer], listed: [auditor.peer] });
    const [, second] = fewer.session;
    const mixed = { ...file, session: [file.session[0] ?? assert.fail(), second ?? assert.fail()] };
    expectFault('SIGNERS_DIFFER', mixed);
    for (const forge of [forgeSession, forgeQuery]) {
      expectFault('CHECKPOINT_TOO_EARLY', await forge(signers, { height: 7 }));
    }
    expectFault('CHECKPOINT_TOO_EARLY', await forgeAbsence(signers, { height: 7 }));
  });
});

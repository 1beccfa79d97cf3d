import assert from 'node:assert/strict';
import { before, describe, it } from 'mocha';
import { formatLocator, formatSession, LIMITS, TRANSACTIONS } from '../../core/index.js';
import type { AbsenceProof, SessionProof, Submission } from '../../core/index.js';
import { useConsortium } from './consortium.js';
import { chain, events, newSession, record } from './sessions.js';

const CHALLENGE = 'challenge-1';

describe('proving sessions, and what is not there', () => {
  const consortium = useConsortium();
  const session = newSession();
  const name = formatSession(session);
  let sealed: Submission[];

  before(async function () {
    this.timeout(30_000);
    sealed = chain(events(LIMITS.recordsPerProof + 3), session);
    await record(consortium().operator, [session, sealed.slice(0, 2)]);
    for (const event of sealed.slice(2)) await record(consortium().operator, [session, [event]]);
  });

  async function call(transaction: string, ...args: string[]): Promise<unknown> {
    const contract = consortium().raw.getNetwork('audit').getContract('audit');
    return JSON.parse(Buffer.from(await contract.evaluateTransaction(transaction, ...args)).toString());
  }

  async function proveSession(fromSeq: string, of = name): Promise<SessionProof | null> {
    return (await call(TRANSACTIONS.proveSession, of, fromSeq, CHALLENGE)) as SessionProof | null;
  }

  async function proveAbsence(reference: string): Promise<AbsenceProof | null> {
    return (await call(TRANSACTIONS.proveAbsence, reference, CHALLENGE)) as AbsenceProof | null;
  }

  async function expectRefusal(code: string, transaction: string, ...args: string[]): Promise<void> {
    await assert.rejects(call(transaction, ...args), (error: Error) => JSON.stringify(error).includes(code));
  }

  it('answers as many records as one answer takes, and goes on behind them to the head', async () => {
    const first = await proveSession('1');
    const told = first?.records.flatMap((one) => one.events) ?? [];
    assert.equal(first?.records.length, LIMITS.recordsPerProof);
    assert.equal(first.head.seq, sealed.length);
    const rest = await proveSession(String(told.length + 1));
    told.push(...(rest?.records.flatMap((one) => one.events) ?? []));
    assert.deepEqual(
      told.map(({ hash }) => hash),
      sealed.map(({ hash }) => hash),
    );
  });

  it('starts at records alone, and answers null for a session without events', async () => {
    await expectRefusal('INVALID_REQUEST', TRANSACTIONS.proveSession, name, '2', CHALLENGE);
    for (const bad of ['0', '01', '-1', '1.0', 'x', '', '1234567890123']) {
      await expectRefusal('INVALID_REQUEST', TRANSACTIONS.proveSession, name, bad, CHALLENGE);
    }
    await expectRefusal('INVALID_ID', TRANSACTIONS.proveSession, 'OperatorMSP~agent', '1', CHALLENGE);
    assert.equal(await proveSession('1', formatSession(newSession())), null);
  });

  it('says of which event what was said, and whether that is all', async function () {
    this.timeout(60_000);
    const told = newSession();
    await record(consortium().operator, [told, chain(events(2), told)]);
    const say = (seq: number, reason: string) =>
      consortium().partner.attest(formatLocator({ ...told, seq }), { kind: 'reviewed', reason });
    await say(2, 'first');
    await say(1, 'second');
    const proof = await proveSession('1', formatSession(told));
    assert.deepEqual(
      proof?.entries.map(({ seq, reason }) => [seq, reason]),
      [
        [1, 'second'],
        [2, 'first'],
      ],
    );
    assert.equal(proof.entries_complete, true);
  });

  it('answers that there is nothing only where there is nothing', async () => {
    const behind = formatLocator({ ...session, seq: sealed.length + 1 });
    assert.equal((await proveAbsence(behind))?.head?.seq, sealed.length);
    assert.equal(await proveAbsence(formatLocator({ ...session, seq: sealed.length })), null);
    assert.equal((await proveAbsence(formatLocator({ ...newSession(), seq: 1 })))?.head, null);
    const own = newSession();
    await record(consortium().operator, [own, chain([{ event_id: 'own-17' }], own)]);
    assert.equal(await proveAbsence('OperatorMSP~own-17'), null);
    const elsewhere = { challenge: CHALLENGE, reference: 'PartnerMSP~own-17' };
    assert.deepEqual(await proveAbsence('PartnerMSP~own-17'), elsewhere);
  });

  it('depends on nobody who asks, and wants a challenge', async () => {
    await expectRefusal('INVALID_ID', TRANSACTIONS.proveAbsence, 'own-17', CHALLENGE);
    const query = '{"by":"timestamp","limit":1,"order":"asc"}';
    for (const bad of ['', 'short', 'with space', 'x'.repeat(129)]) {
      await expectRefusal('INVALID_REQUEST', TRANSACTIONS.proveSession, name, '1', bad);
      await expectRefusal('INVALID_REQUEST', TRANSACTIONS.proveAbsence, 'OperatorMSP~own-17', bad);
      await expectRefusal('INVALID_REQUEST', TRANSACTIONS.proveQuery, query, bad);
    }
    await expectRefusal('INVALID_REQUEST', TRANSACTIONS.proveQuery, '{"limit":1}', CHALLENGE);
  });
});

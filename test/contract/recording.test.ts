import assert from 'node:assert/strict';
import { formatLocator, LIMITS, outcomeOf, utf8Bytes, verifyChain } from '../../core/index.js';
import type { RecordedNotice, SessionRef, Submission } from '../../core/index.js';
import { useConsortium } from './consortium.js';
import { batchOf, chain, events, newSession, outcomesOf, record, recordAtomic, resealed } from './sessions.js';

describe('recording events', () => {
  const consortium = useConsortium();
  const operator = () => consortium().operator;

  const headSeq = async (session: SessionRef) => (await operator().readHeads([session]))[0]?.seq ?? 0;

  it('records events of several sessions in one transaction', async () => {
    const [one, other] = [newSession(), newSession()];
    const answer = await record(operator(), [one, chain(events(3), one)], [other, chain(events(1), other)]);
    assert.deepEqual(outcomesOf(answer), ['recorded', 'recorded']);
    assert.deepEqual([await headSeq(one), await headSeq(other), await headSeq(newSession())], [3, 1, 0]);
  });

  it('keeps a chain over several transactions', async () => {
    const session = newSession();
    const sealed = chain(events(6), session);
    await record(operator(), [session, sealed.slice(0, 1)]);
    await record(operator(), [session, sealed.slice(1, 5)]);
    await record(operator(), [session, sealed.slice(5)]);
    const stored = await operator().readSession(session, { from_seq: 1, limit: 100 });
    verifyChain(stored);
    assert.deepEqual(
      stored.map(({ core, hash }) => ({ core, hash })),
      sealed.map(({ core, hash }) => ({ core, hash })),
    );
  });

  it('stamps records with the time and creator of their transaction', async () => {
    const session = newSession();
    const [sealed] = chain(events(1), session) as [Submission];
    const { recorded_at } = await record(operator(), [session, [{ ...sealed, submitted_by: 'svc-refunds' }]]);
    const stored = await operator().readEvent(formatLocator(sealed.core));
    assert.equal(stored?.recorded_at, recorded_at);
    assert.equal(stored.submitted_by, 'svc-refunds');
    const transaction = await operator().findTransaction(stored.tx_id);
    assert.deepEqual(stored.recorded_by, transaction?.creator);
  });

  it('answers a repeated transaction with duplicates and writes nothing', async () => {
    const session = newSession();
    const sealed = chain(events(4), session);
    await record(operator(), [session, sealed.slice(0, 3)]);
    const again = await record(operator(), [session, sealed.slice(0, 3)]);
    assert.deepEqual(outcomesOf(again), [['duplicate', 'duplicate', 'duplicate']]);
    assert.deepEqual(outcomesOf(await record(operator(), [session, sealed.slice(2)])), [['duplicate', 'recorded']]);
    assert.equal(await headSeq(session), 4);
  });

  it('refuses gaps and forks', async () => {
    const session = newSession();
    const sealed = chain(events(4), session);
    await record(operator(), [session, sealed.slice(0, 2)]);
    const fork = chain([{ action: 'fork' }, { action: 'fork' }, { action: 'fork' }], session);
    assert.deepEqual(outcomesOf(await record(operator(), [session, sealed.slice(3)])), [['refused CHAIN_BROKEN']]);
    assert.deepEqual(outcomesOf(await record(operator(), [session, fork.slice(1, 2)])), [['refused CHAIN_BROKEN']]);
    assert.deepEqual(outcomesOf(await record(operator(), [session, fork.slice(2)])), [['refused CHAIN_BROKEN']]);
    assert.equal(await headSeq(session), 2);
  });

  it('lets one of two transactions win that continue the same head', async () => {
    const session = newSession();
    const endorse = (action: string) =>
      operator().endorseRecording(utf8Bytes(JSON.stringify(batchOf([session, chain([{ action }], session)]))), {
        atomic: false,
      });
    const [one, other] = await Promise.all([endorse('one'), endorse('other')]);
    assert.equal((await one.commit()).code, 'VALID');
    assert.equal((await other.commit()).code, 'MVCC_READ_CONFLICT');
    const stored = await operator().readSession(session, { from_seq: 1, limit: 10 });
    assert.deepEqual(
      stored.map(({ core }) => core.action),
      ['one'],
    );
  });

  it('keeps organizations apart: none writes to the session of another', async () => {
    const session = newSession('OperatorMSP');
    await record(operator(), [session, chain(events(1), session)]);
    const foreign = chain(events(1), session);
    assert.deepEqual(outcomesOf(await record(consortium().partner, [session, foreign])), [['refused NOT_OWNER']]);
    const namesake = { ...session, owner: 'PartnerMSP' };
    assert.deepEqual(outcomesOf(await record(consortium().partner, [session, chain(events(1), namesake)])), [
      'recorded',
    ]);
    assert.equal(await headSeq(session), 1);
    assert.equal(await headSeq(namesake), 1);
  });

  it('says what is wrong with an event, and records nothing of its group', async () => {
    const session = newSession();
    const [first, second] = chain([{ input: 'a' }, {}], session) as [Submission, Submission];
    const inAnHour = new Date(Date.now() + 3_600_000).toISOString();
    const large = { input: 'x'.repeat(LIMITS.eventBytes) };
    const cases: [string, Submission, string][] = [
      ['HASH_MISMATCH', { ...first, hash: second.hash }, '/hash'],
      ['HASH_MISMATCH', { ...first, core: { ...first.core, action: 'changed' } }, '/hash'],
      ['COMMITMENT_MISMATCH', { ...first, openings: {} }, '/openings/input'],
      [
        'COMMITMENT_MISMATCH',
        { ...first, openings: { input: { salt: '0'.repeat(32), value: 'b' } } },
        '/openings/input',
      ],
      [
        'COMMITMENT_MISMATCH',
        { ...first, openings: { ...first.openings, output: { salt: '0'.repeat(32), value: 1 } } },
        '/openings/output',
      ],
      ['TIME_IN_FUTURE', chain([{ timestamp: inAnHour }], session)[0] ?? first, '/core/timestamp'],
      ['TOO_LARGE', chain([large], session)[0] ?? first, ''],
      ['CHAIN_BROKEN', chain(events(1), { ...session, agent_id: 'other' })[0] ?? first, '/core/agent_id'],
    ];
    for (const [code, event, pointer] of cases) {
      const answer = await record(operator(), [session, [event, second]]);
      assert.deepEqual(outcomesOf(answer)[0]?.[0], `refused ${code}`);
      const outcome = outcomeOf(answer.outcomes[0], 0);
      assert.equal(outcome && 'fault' in outcome && outcome.fault.errors?.[0]?.pointer, pointer);
    }
    assert.equal(await headSeq(session), 0);
  });

  it('does not let one group stand in the way of another', async () => {
    const [good, bad] = [newSession(), newSession()];
    const answer = await record(operator(), [bad, chain(events(2), bad).slice(1)], [good, chain(events(1), good)]);
    assert.deepEqual(outcomesOf(answer), [['refused CHAIN_BROKEN'], 'recorded']);
  });

  it('records everything or nothing when asked to', async () => {
    const [good, bad] = [newSession(), newSession()];
    const attempt = recordAtomic(operator(), [good, chain(events(1), good)], [bad, chain(events(2), bad).slice(1)]);
    await assert.rejects(attempt, (error) => {
      assert.ok(error instanceof Error && 'code' in error && 'errors' in error);
      assert.equal(error.code, 'CHAIN_BROKEN');
      assert.deepEqual(error.errors, [{ pointer: '/groups/1/events/0', detail: error.message }]);
      return true;
    });
    assert.equal(await headSeq(good), 0);
    const sealed = chain(events(1), good);
    await recordAtomic(operator(), [good, sealed]);
    assert.deepEqual(outcomesOf(await recordAtomic(operator(), [good, sealed])), [['duplicate']]);
  });

  it('splits a long group into records, and finds each of its events', async () => {
    const session = newSession();
    const sealed = chain(events(LIMITS.eventsPerRequest), session);
    await record(operator(), [session, sealed]);
    for (const seq of [1, 2, 9, 250, 499, 500, 501, 777, 1000]) {
      const locator = formatLocator({ ...session, seq });
      assert.equal((await operator().readEvent(locator))?.hash, sealed[seq - 1]?.hash);
    }
    assert.equal(await operator().readEvent(formatLocator({ ...session, seq: 1001 })), null);
  });

  it('tells in one chaincode event which records a transaction wrote', async () => {
    const [one, other] = [newSession(), newSession()];
    const batch = batchOf([one, chain(events(2), one)], [other, chain(events(2), other)]);
    const endorsed = await operator().endorseRecording(utf8Bytes(JSON.stringify(batch)), { atomic: false });
    await endorsed.commit();
    const { notice } = (await operator().findTransaction(endorsed.txId)) ?? {};
    assert.equal(notice?.name, 'EventsRecorded');
    const expected: RecordedNotice = {
      v: 1,
      records: [one, other].map((session) => ({ ...session, first_seq: 1, count: 2 })),
    };
    assert.deepEqual(JSON.parse(Buffer.from(notice.payload).toString()), expected);
    const repeated = await operator().endorseRecording(utf8Bytes(JSON.stringify(batch)), { atomic: false });
    await repeated.commit();
    assert.equal((await operator().findTransaction(repeated.txId))?.notice, undefined);
  });
});

describe('own event ids', () => {
  const consortium = useConsortium();
  const operator = () => consortium().operator;

  it('name an event for its owner, and with the owner for everybody', async () => {
    const session = newSession();
    const eventId = `id-${session.session_id}`;
    const [sealed] = chain([{ event_id: eventId }], session) as [Submission];
    await record(operator(), [session, [sealed]]);
    assert.equal((await operator().readEvent(eventId))?.hash, sealed.hash);
    assert.equal((await consortium().partner.readEvent(`OperatorMSP~${eventId}`))?.hash, sealed.hash);
    assert.equal(await consortium().partner.readEvent(eventId), null);
  });

  it('are taken once: the same content is a duplicate, other content a conflict', async () => {
    const [session, later] = [newSession(), newSession()];
    const posting = { event_id: `id-${session.session_id}`, input: { amount: 40 }, agent_version: '1' };
    await record(operator(), [session, chain([posting], session)]);
    const locator = formatLocator({ ...session, seq: 1 });
    const same = resealed(posting, session, 2);
    assert.deepEqual((await record(operator(), [session, [same]])).outcomes, [
      [{ status: 'duplicate', locator, compared: 'content' }],
    ]);
    for (const change of [{ input: { amount: 41 } }, { agent_version: '2' }, { output: 'added' }]) {
      const changed = resealed({ ...posting, ...change }, session, 2);
      const outcome = outcomeOf((await record(operator(), [session, [changed]])).outcomes[0], 0);
      assert.equal(outcome?.status, 'conflict');
      assert.equal('locator' in outcome && outcome.locator, locator);
    }
    const elsewhere = chain([{ ...posting }], later);
    assert.deepEqual(outcomesOf(await record(operator(), [later, elsewhere])), [['conflict ID_CONFLICT']]);
  });

  it('are taken by earlier groups of the same transaction too', async () => {
    const [one, other] = [newSession(), newSession()];
    const posting = { event_id: `id-${one.session_id}` };
    const answer = await record(operator(), [one, chain([posting], one)], [other, chain([posting], other)]);
    assert.deepEqual(outcomesOf(answer), ['recorded', ['conflict ID_CONFLICT']]);
  });

  it('cannot stand twice in one group', async () => {
    const session = newSession();
    const posting = { event_id: `id-${session.session_id}` };
    const answer = await record(operator(), [session, chain([posting, posting], session)]);
    assert.deepEqual(outcomesOf(answer), [['refused GROUP_NOT_RECORDED', 'refused ID_CONFLICT']]);
  });

  it('are not taken by what was not recorded', async () => {
    const [bad, good] = [newSession(), newSession()];
    const posting = { event_id: `id-${bad.session_id}` };
    const answer = await record(
      operator(),
      [bad, [...chain([posting], bad), resealed({}, bad, 3)]],
      [good, chain([posting], good)],
    );
    assert.deepEqual(outcomesOf(answer), [['refused GROUP_NOT_RECORDED', 'refused CHAIN_BROKEN'], 'recorded']);
  });

  it('belong to their organization', async () => {
    const session = newSession();
    const posting = { event_id: `id-${session.session_id}` };
    await record(operator(), [session, chain([posting], session)]);
    const theirs = { ...session, owner: 'PartnerMSP' };
    const answer = await record(consortium().partner, [theirs, chain([{ ...posting, action: 'other' }], theirs)]);
    assert.deepEqual(outcomesOf(answer), ['recorded']);
  });
});

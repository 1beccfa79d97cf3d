import assert from 'node:assert/strict';
import { formatLocator, LIMITS } from '../../core/index.js';
import type { SessionRef, Submission } from '../../core/index.js';
import { useConsortium } from './consortium.js';
import { chain, events, newSession, record } from './sessions.js';

describe('reading events', () => {
  const consortium = useConsortium();
  const operator = () => consortium().operator;
  const session = newSession();
  let sealed: Submission[];

  before(async () => {
    sealed = chain([{ input: { question: 'why' } }, ...events(8), { output: null }], session);
    await record(operator(), [session, sealed.slice(0, 4)]);
    await record(operator(), [session, sealed.slice(4, 5)]);
    await record(operator(), [session, sealed.slice(5)]);
  });

  it('answers the same to every organization', async () => {
    const locator = formatLocator({ ...session, seq: 3 });
    const { operator: own, partner, auditor } = consortium();
    const answers = await Promise.all([own, partner, auditor].map((ledger) => ledger.readEvent(locator)));
    assert.equal(answers[0]?.hash, sealed[2]?.hash);
    assert.deepEqual(answers[1], answers[0]);
    assert.deepEqual(answers[2], answers[0]);
  });

  it('answers null for what is not there', async () => {
    const { agent_id, owner } = session;
    const absent = [
      formatLocator({ ...session, seq: 11 }),
      formatLocator({ ...session, seq: 999_999_999_999 }),
      formatLocator({ ...session, owner: 'PartnerMSP', seq: 1 }),
      formatLocator({ owner, agent_id, session_id: 'nobody', seq: 1 }),
      'no-such-own-id',
      'OperatorMSP~no-such-own-id',
    ];
    for (const reference of absent) {
      assert.equal(await operator().readEvent(reference), null);
      assert.equal(await operator().readPayload(reference), null);
      assert.equal(await operator().readHistory(reference, { limit: 10 }), null);
    }
  });

  it('refuses what is no reference, whatever it tries', async () => {
    const tricks = [
      '',
      ' ',
      '../..',
      'a/b',
      '%2e',
      'a~b~c~0',
      'a~b~c~01',
      'a~b~c~1~',
      'a~b~c',
      '~',
      'a~=7E~=zz~1',
      'é',
      'a\u0000b',
    ];
    for (const trick of tricks) {
      await assert.rejects(operator().readEvent(trick), { code: 'INVALID_ID' }, JSON.stringify(trick));
    }
  });

  it('opens the payload to the members of the collection', async () => {
    for (const ledger of [operator(), consortium().partner, consortium().auditor]) {
      assert.deepEqual(await ledger.readPayload(formatLocator({ ...session, seq: 1 })), sealed[0]?.openings);
      assert.deepEqual(await ledger.readPayload(formatLocator({ ...session, seq: 2 })), {});
      assert.deepEqual(await ledger.readPayload(formatLocator({ ...session, seq: 10 })), sealed[9]?.openings);
    }
    const [first, fifth] = await Promise.all(
      [1, 5].map((seq) => operator().readEvent(formatLocator({ ...session, seq }))),
    );
    assert.deepEqual([first?.payload, fifth?.payload], ['collection', 'none']);
    assert.equal(await operator().readPayload(formatLocator({ ...session, seq: 5 })), null);
  });

  it('opens the payloads of many small sessions that one transaction recorded, each its own', async () => {
    const groups = Array.from({ length: 40 }, (_, index) => {
      const small = newSession();
      const output = index % 7 === 3 ? {} : { output: { of: index, text: 'x'.repeat(index * 100) } };
      return [small, chain([{ input: { order: index } }, output].slice(index % 2), small)] as const;
    });
    await record(operator(), ...groups);
    for (const ledger of [operator(), consortium().auditor]) {
      for (const [small, submitted] of groups) {
        for (const { core, openings } of submitted) {
          const isNone = submitted.every((event) => Object.keys(event.openings).length === 0);
          const read = await ledger.readPayload(formatLocator({ ...small, seq: core.seq }));
          assert.deepEqual(read, isNone ? null : openings);
        }
      }
    }
  });

  it('reads a session from any event on', async () => {
    for (const from of [1, 2, 4, 5, 6, 10, 11]) {
      for (const limit of [1, 3, 100]) {
        const read = await operator().readSession(session, { from_seq: from, limit });
        const expected = sealed.slice(from - 1, from - 1 + limit);
        assert.deepEqual(
          read.map(({ hash }) => hash),
          expected.map(({ hash }) => hash),
        );
      }
    }
  });

  it('describes the end of a session', async () => {
    const ended = newSession();
    const timestamps = ['2025-06-01T10:00:00+02:00', '2025-06-01T09:30:00Z', '2025-06-01T07:00:00.5Z'];
    const types = ['session_start', 'tool_call', 'session_end'];
    const submitted = chain(
      timestamps.map((timestamp, index) => ({ timestamp, event_type: types[index] ?? '' })),
      ended,
    );
    const first = await record(operator(), [ended, submitted.slice(0, 2)]);
    const headOf = async (reference: SessionRef) => (await consortium().auditor.readHeads([reference]))[0];
    assert.equal((await headOf(ended))?.open, true);
    const last = await record(operator(), [ended, submitted.slice(2)]);
    assert.deepEqual(await headOf(ended), {
      ...ended,
      seq: 3,
      hash: submitted[2]?.hash,
      open: false,
      from: '2025-06-01T07:00:00.500000000Z',
      to: '2025-06-01T09:30:00.000000000Z',
      first_recorded_at: first.recorded_at,
      last_recorded_at: last.recorded_at,
    });
  });

  it('says what it is', async () => {
    const info = await operator().readContractInfo();
    assert.deepEqual({ ...info, version: '' }, { name: 'audit', version: '', schema_version: 1, limits: LIMITS });
    assert.match(info.version, /^\d+\.\d+\.\d+$/);
  });
});

import assert from 'node:assert/strict';
import type { Fault, GroupOutcome, Submission } from '../../../core/index.js';
import { formatLocator, outcomeOf } from '../../../core/index.js';
import { judgeGroup, settleGroup } from '../../../chaincode/recording/judge-group.js';
import type { KnownEvent } from '../../../chaincode/recording/judge-group.js';
import { chain, SESSION } from './builders.js';

const OTHER_HASH = 'e'.repeat(64);

interface Ledger {
  head?: Submission | undefined;
  faults?: (Fault | undefined)[];
  known?: KnownEvent[];
}

function outcomesOf(events: Submission[], { head, faults = [], known = [] }: Ledger = {}): GroupOutcome {
  const time = '2026-11-24T09:30:00.000000000Z';
  const times = { from: time, to: time, first_recorded_at: time, last_recorded_at: time };
  const tip = head && { ...SESSION, seq: head.core.seq, hash: head.hash, open: true, ...times };
  return settleGroup(judgeGroup(events, tip, faults, known));
}

function summaryOf(outcomes: GroupOutcome): string | string[] {
  if (outcomes === 'recorded') return outcomes;
  return outcomes.map((outcome) => ('fault' in outcome ? `${outcome.status} ${outcome.fault.code}` : outcome.status));
}

describe('judging a group of events', () => {
  const [first, second, third] = chain([{}, {}, {}]) as [Submission, Submission, Submission];

  it('records the first events of a session', () => {
    assert.equal(outcomesOf([first, second]), 'recorded');
  });

  it('records events that continue the head', () => {
    assert.deepEqual(summaryOf(outcomesOf([second, third], { head: first })), 'recorded');
  });

  it('refuses a gap, and what follows it', () => {
    assert.deepEqual(summaryOf(outcomesOf([third])), ['refused CHAIN_BROKEN']);
    assert.deepEqual(summaryOf(outcomesOf([first, third])), ['refused GROUP_NOT_RECORDED', 'refused CHAIN_BROKEN']);
    assert.deepEqual(summaryOf(outcomesOf([second, third])), ['refused CHAIN_BROKEN', 'refused GROUP_NOT_RECORDED']);
  });

  it('refuses an event that points at another predecessor', () => {
    const fork = chain([{ action: 'fork' }, {}])[1] as Submission;
    assert.deepEqual(summaryOf(outcomesOf([fork], { head: first })), ['refused CHAIN_BROKEN']);
  });

  it('calls an event that stands at its place a duplicate, and records what continues it', () => {
    const known = [{ hashAtPlace: first.hash }, { hashAtPlace: second.hash }, {}];
    const outcomes = outcomesOf([first, second, third], { head: second, known });
    assert.deepEqual(summaryOf(outcomes), ['duplicate', 'duplicate', 'recorded']);
    assert.deepEqual(outcomes[0], { status: 'duplicate', locator: formatLocator(first.core), compared: 'hash' });
  });

  it('refuses an event whose place is taken by another one', () => {
    const outcomes = outcomesOf([second], { head: third, known: [{ hashAtPlace: OTHER_HASH }] });
    assert.deepEqual(summaryOf(outcomes), ['refused CHAIN_BROKEN']);
  });

  it('does not record what hangs on an event that was recorded elsewhere under its own id', () => {
    const byId = { locator: 'OperatorMSP~agent~elsewhere~7', same: true, compared: 'content' as const };
    const outcomes = outcomesOf([first, second, third], { known: [{}, { byId }, {}] });
    assert.deepEqual(summaryOf(outcomes), ['refused GROUP_NOT_RECORDED', 'duplicate', 'refused GROUP_NOT_RECORDED']);
    assert.deepEqual(outcomes[1], { status: 'duplicate', locator: byId.locator, compared: 'content' });
  });

  it('says which event has the id that another content is posted under', () => {
    const byId = { locator: 'OperatorMSP~agent~elsewhere~7', same: false, compared: 'content' as const };
    const outcome = outcomeOf(outcomesOf([first], { known: [{ byId }] }), 0);
    assert.equal(outcome?.status, 'conflict');
    assert.equal('locator' in outcome && outcome.locator, byId.locator);
    assert.equal('fault' in outcome && outcome.fault.code, 'ID_CONFLICT');
  });

  it('passes on what is wrong with an event itself', () => {
    const fault: Fault = { code: 'HASH_MISMATCH', detail: 'the hash is not that of the core' };
    const outcomes = outcomesOf([first, second], { faults: [undefined, fault] });
    assert.deepEqual(outcomes[1], { status: 'refused', fault });
    assert.deepEqual(summaryOf(outcomes), ['refused GROUP_NOT_RECORDED', 'refused HASH_MISMATCH']);
  });

  it('takes no shortcut over a duplicate that is not the head', () => {
    const known = [{ hashAtPlace: first.hash }, {}];
    assert.deepEqual(summaryOf(outcomesOf([first, third], { head: second, known })), [
      'duplicate',
      'refused CHAIN_BROKEN',
    ]);
  });
});

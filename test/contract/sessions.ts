import { randomBytes, randomUUID } from 'node:crypto';
import assert from 'node:assert/strict';
import { CHAIN_START, utf8Bytes } from '../../core/index.js';
import type { PostedEventInput, RecordAnswer, RecordBatch, SessionRef, Submission } from '../../core/index.js';
import type { AuditLedger } from '../../gateway/ledger/audit-ledger.js';

import { chain } from '../unit/chaincode/builders.js';

export { chain };

/** A session that no other test writes to. */
export function newSession(owner = 'OperatorMSP', agent = 'agent'): SessionRef {
  return { owner, agent_id: agent, session_id: randomUUID() };
}

export type GroupInput = readonly [session: Pick<SessionRef, 'agent_id' | 'session_id'>, events: readonly Submission[]];

/** Records groups of events in one transaction and waits until it is committed. */
export async function record(ledger: AuditLedger, ...groups: GroupInput[]): Promise<RecordAnswer> {
  return submit(ledger, groups, false);
}

/** The same, all or nothing. */
export async function recordAtomic(ledger: AuditLedger, ...groups: GroupInput[]): Promise<RecordAnswer> {
  return submit(ledger, groups, true);
}

/** As many plain postings. */
export function events(count: number): Partial<PostedEventInput>[] {
  return Array.from({ length: count }, (_, index) => ({ action: `step ${index + 1}` }));
}

/** An event sealed at a place of its own, with other salts than `chain` uses. */
export function resealed(posting: Partial<PostedEventInput>, session: SessionRef, seq: number): Submission {
  const [sealed] = chain([posting], session, { seq: seq - 1, hash: CHAIN_START }, () =>
    randomBytes(16).toString('hex'),
  );
  assert.ok(sealed);
  return sealed;
}

export function batchOf(...groups: GroupInput[]): RecordBatch {
  return {
    v: 1,
    groups: groups.map(([{ agent_id, session_id }, submitted]) => ({ agent_id, session_id, events: [...submitted] })),
  };
}

/** Each outcome in one word, with the code of its fault; one word for a group that was recorded whole. */
export function outcomesOf(answer: RecordAnswer): (string | string[])[] {
  return answer.outcomes.map((group) =>
    group === 'recorded'
      ? group
      : group.map((outcome) => ('fault' in outcome ? `${outcome.status} ${outcome.fault.code}` : outcome.status)),
  );
}

async function submit(ledger: AuditLedger, groups: readonly GroupInput[], atomic: boolean): Promise<RecordAnswer> {
  const endorsed = await ledger.endorseRecording(utf8Bytes(JSON.stringify(batchOf(...groups))), { atomic });
  const { code } = await endorsed.commit();
  assert.equal(code, 'VALID');
  return endorsed.answer;
}

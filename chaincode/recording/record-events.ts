import { AuditError, EVENTS_RECORDED, formatLocator, LIMITS } from '../../core/index.js';
import type {
  Fault,
  Outcome,
  RecordAnswer,
  RecordBatch,
  RecordedNotice,
  RecordGroup,
  RecordOptions,
  SessionRef,
  Submission,
} from '../../core/index.js';
import type { AuditContext } from '../context.js';
import { writeJson } from '../json.js';
import type { HeadDocument, RecordDocument } from '../state/documents.js';
import { headKey } from '../state/keys.js';
import type { LedgerState } from '../state/ledger-state.js';
import { buildHead, buildRecord } from './build-documents.js';
import type { Stamp } from './build-documents.js';
import { checkEvent } from './check-event.js';
import { judgeGroup, settleGroup } from './judge-group.js';
import type { KnownEvent } from './judge-group.js';
import { KnownEvents } from './known-events.js';
import type { TakenIds } from './known-events.js';
import { splitRecords } from './split-records.js';

/**
 * Records the events of many sessions. Each group is recorded whole or not at all.
 * @throws {AuditError} where the batch itself is wrong, and with `atomic` the first fault of any event.
 */
export async function recordEvents(
  ctx: AuditContext,
  batch: RecordBatch,
  options: RecordOptions,
): Promise<RecordAnswer> {
  const owner = ctx.mspId;
  checkBatch(batch, owner);
  const stamp = { recorded_at: ctx.recordedAt, recorded_by: ctx.recorder, tx_id: ctx.stub.getTxID() };
  const taken: TakenIds = new Map();
  const outcomes: Outcome[][] = [];
  const written: RecordDocument[] = [];
  for (const group of batch.groups) {
    const session = { owner, agent_id: group.agent_id, session_id: group.session_id };
    const head = await ctx.state.head(session);
    const settled = await settle(ctx.state, group, session, head, stamp.recorded_at, taken);
    outcomes.push(settled);
    const recorded = group.events.filter((_, index) => settled[index]?.status === 'recorded');
    written.push(...(await write(ctx.state, session, head, recorded, stamp)));
    for (const { core } of recorded) if (core.event_id !== undefined) taken.set(core.event_id, formatLocator(core));
  }
  if (options.atomic) requireRecorded(outcomes);
  if (written.length > 0) ctx.stub.setEvent(EVENTS_RECORDED, Buffer.from(writeJson(noticeOf(written))));
  return { recorded_at: stamp.recorded_at, outcomes };
}

function checkBatch(batch: RecordBatch, owner: string): void {
  const events = batch.groups.reduce((sum, group) => sum + group.events.length, 0);
  if (events > LIMITS.eventsPerRequest) {
    throw AuditError.at('/groups', 'TOO_LARGE', `a transaction takes at most ${LIMITS.eventsPerRequest} events`);
  }
  const sessions = new Set<string>();
  for (const [index, { agent_id, session_id }] of batch.groups.entries()) {
    const key = headKey({ owner, agent_id, session_id });
    if (sessions.has(key)) {
      throw AuditError.at(`/groups/${index}`, 'INVALID_REQUEST', 'the session stands in an earlier group already');
    }
    sessions.add(key);
  }
}

async function settle(
  state: LedgerState,
  { events }: RecordGroup,
  session: SessionRef,
  head: HeadDocument | undefined,
  recordedAt: string,
  taken: TakenIds,
): Promise<Outcome[]> {
  const idsOfGroup = new Set<string>();
  const faults = events.map((event) => findFault(event, session, recordedAt, idsOfGroup));
  const ledger = new KnownEvents(state, head, taken);
  const known: KnownEvent[] = [];
  for (const [index, event] of events.entries()) known.push(faults[index] ? {} : await ledger.find(event));
  return settleGroup(events, judgeGroup(events, head, faults, known));
}

function findFault(
  event: Submission,
  session: SessionRef,
  recordedAt: string,
  idsOfGroup: Set<string>,
): Fault | undefined {
  const { event_id: eventId } = event.core;
  try {
    checkEvent(event, session, recordedAt);
    if (eventId !== undefined && idsOfGroup.has(eventId)) {
      throw AuditError.at('/core/event_id', 'ID_CONFLICT', 'an earlier event of the same group has this id');
    }
  } catch (error) {
    if (error instanceof AuditError) return error.toFault();
    throw error;
  }
  if (eventId !== undefined) idsOfGroup.add(eventId);
  return undefined;
}

async function write(
  state: LedgerState,
  session: SessionRef,
  head: HeadDocument | undefined,
  events: readonly Submission[],
  stamp: Stamp,
): Promise<RecordDocument[]> {
  const last = events.at(-1);
  if (!last) return [];
  const parts = splitRecords(events);
  const records = parts.map((part) => buildRecord(session, part, stamp));
  for (const [index, record] of records.entries()) {
    await state.putRecord(record);
    const openings = parts[index]?.events.map((event) => event.openings) ?? [];
    if (record.payload === 'collection') await state.putOpenings(record, openings);
  }
  await state.putHead(buildHead(session, head, parts, last, stamp.recorded_at));
  for (const { core } of events) {
    if (core.event_id === undefined) continue;
    await state.putAlias(core.event_id, { doc_type: 'alias', v: 1, ...session, seq: core.seq });
  }
  return records;
}

/** All or nothing: what caused a refusal is thrown rather than what followed from it. */
function requireRecorded(outcomes: readonly Outcome[][]): void {
  const faults = outcomes.flatMap((group, groupIndex) =>
    group.flatMap((outcome, index) =>
      'fault' in outcome ? [{ fault: outcome.fault, pointer: `/groups/${groupIndex}/events/${index}` }] : [],
    ),
  );
  const cause = faults.find(({ fault }) => fault.code !== 'GROUP_NOT_RECORDED') ?? faults[0];
  if (cause) throw AuditError.at(cause.pointer, cause.fault.code, cause.fault.detail);
}

function noticeOf(records: readonly RecordDocument[]): RecordedNotice {
  return {
    v: 1,
    records: records.map(({ owner, agent_id, session_id, first_seq, count }) => ({
      owner,
      agent_id,
      session_id,
      first_seq,
      count,
    })),
  };
}

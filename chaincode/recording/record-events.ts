import { AuditError, EVENTS_RECORDED, formatLocator, LIMITS, outcomeOf, timestampMs } from '../../core/index.js';
import type {
  Fault,
  GroupOutcome,
  RecordAnswer,
  RecordBatch,
  RecordedNotice,
  RecordGroup,
  RecordOptions,
  SessionRef,
  Submission,
} from '../../core/index.js';
import { AgentSignatures } from '../agents/agent-signatures.js';
import type { AuditContext, Stamp } from '../context.js';
import { writeJson } from '../json.js';
import type { HeadDocument, NewRecord } from '../state/documents.js';
import { headKey } from '../state/keys.js';
import type { LedgerState } from '../state/ledger-state.js';
import { buildHead, buildRecord } from './build-documents.js';
import { checkEvent } from './check-event.js';
import type { CheckedAgainst, CheckedEvent } from './check-event.js';
import { judgeGroup, settleGroup } from './judge-group.js';
import type { KnownEvent } from './judge-group.js';
import { KnownEvents } from './known-events.js';
import type { TakenIds } from './known-events.js';
import { PayloadDocuments } from './payload-documents.js';
import type { WrittenBatch } from './read-batch.js';
import { splitRecords } from './split-records.js';

/**
 * Records the events of many sessions. Each group is recorded whole or not at all.
 * @throws {AuditError} where the batch itself is wrong, and with `atomic` the first fault of any event.
 */
export async function recordEvents(
  ctx: AuditContext,
  { batch, texts }: WrittenBatch,
  options: RecordOptions,
): Promise<RecordAnswer> {
  const owner = ctx.mspId;
  checkBatch(batch, owner);
  const { stamp } = ctx;
  const taken: TakenIds = new Map();
  const signatures = new AgentSignatures(ctx.state);
  const against = { texts, recordedAtMs: timestampMs(stamp.recorded_at) };
  const judging = { state: ctx.state, against, taken, signatures };
  const outcomes: GroupOutcome[] = [];
  const written: NewRecord[] = [];
  const payloads = new PayloadDocuments(ctx.state);
  await ctx.state.readAhead(batch.groups.map((group) => askedOf(group, owner)));
  for (const group of batch.groups) {
    const session = { owner, agent_id: group.agent_id, session_id: group.session_id };
    const head = await ctx.state.head(session);
    const settled = await settle(judging, group, session, head);
    outcomes.push(settled.outcomes);
    written.push(...write({ state: ctx.state, payloads, stamp }, session, head, settled.recorded));
    for (const { core } of settled.recorded.map(({ event }) => event)) {
      if (core.event_id !== undefined) taken.set(core.event_id, formatLocator(core));
    }
  }
  payloads.flush();
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

/** What the state is asked for every group. */
function askedOf({ agent_id, session_id, events }: RecordGroup, owner: string) {
  return { owner, agent_id, session_id, eventIds: events.flatMap(({ core }) => core.event_id ?? []) };
}

/** What the groups of one transaction are judged with. */
interface Judging {
  state: LedgerState;
  against: CheckedAgainst;
  taken: TakenIds;
  signatures: AgentSignatures;
}

async function settle(
  { state, against, taken, signatures }: Judging,
  { events }: RecordGroup,
  session: SessionRef,
  head: HeadDocument | undefined,
): Promise<{ outcomes: GroupOutcome; recorded: CheckedEvent[] }> {
  const idsOfGroup = new Set<string>();
  const ledger = new KnownEvents(state, head, taken);
  const faults: (Fault | undefined)[] = [];
  const known: KnownEvent[] = [];
  const checked: CheckedEvent[] = [];
  for (const [index, event] of events.entries()) {
    faults[index] = await faultOf(() => {
      checked[index] = checkInGroup(event, session, against, idsOfGroup);
    });
    known[index] = faults[index] ? {} : await ledger.find(event);
    // What is on the ledger stays there, whatever became of its key.
    if (isNew(known[index])) faults[index] ??= await faultOf(() => signatures.check(event));
  }
  const outcomes = settleGroup(judgeGroup(events, head, faults, known));
  return { outcomes, recorded: checked.filter((_, index) => outcomeOf(outcomes, index)?.status === 'recorded') };
}

function isNew({ byId, hashAtPlace }: KnownEvent): boolean {
  return !byId && hashAtPlace === undefined;
}

function checkInGroup(
  event: Submission,
  session: SessionRef,
  against: CheckedAgainst,
  idsOfGroup: Set<string>,
): CheckedEvent {
  const { event_id: eventId } = event.core;
  const checked = checkEvent(event, session, against);
  if (eventId === undefined) return checked;
  if (idsOfGroup.has(eventId)) {
    throw AuditError.at('/core/event_id', 'ID_CONFLICT', 'an earlier event of the same group has this id');
  }
  idsOfGroup.add(eventId);
  return checked;
}

async function faultOf(check: () => void | Promise<void>): Promise<Fault | undefined> {
  try {
    await check();
    return undefined;
  } catch (error) {
    if (error instanceof AuditError) return error.toFault();
    throw error;
  }
}

/** Where the records of one transaction go. */
interface Writing {
  state: LedgerState;
  payloads: PayloadDocuments;
  stamp: Stamp;
}

function write(
  { state, payloads, stamp }: Writing,
  session: SessionRef,
  head: HeadDocument | undefined,
  events: readonly CheckedEvent[],
): NewRecord[] {
  const last = events.at(-1);
  if (!last) return [];
  const parts = splitRecords(events);
  const records = parts.map((part) => buildRecord(session, part, stamp, payloads.add(part)));
  for (const record of records) state.putRecord(record);
  state.putHead(buildHead(session, head, parts, last.event, stamp.recorded_at));
  for (const { core } of events.map(({ event }) => event)) {
    if (core.event_id === undefined) continue;
    state.putAlias(core.event_id, { doc_type: 'alias', v: 1, ...session, seq: core.seq });
  }
  return records;
}

/** All or nothing: what caused a refusal is thrown rather than what followed from it. */
function requireRecorded(outcomes: readonly GroupOutcome[]): void {
  const faults = outcomes.flatMap((group, groupIndex) =>
    (group === 'recorded' ? [] : group).flatMap((outcome, index) =>
      'fault' in outcome ? [{ fault: outcome.fault, pointer: `/groups/${groupIndex}/events/${index}` }] : [],
    ),
  );
  const cause = faults.find(({ fault }) => fault.code !== 'GROUP_NOT_RECORDED') ?? faults[0];
  if (cause) throw AuditError.at(cause.pointer, cause.fault.code, cause.fault.detail);
}

function noticeOf(records: readonly NewRecord[]): RecordedNotice {
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

import {
  AuditError,
  hashCoreText,
  LIMITS,
  normalizeTimestamp,
  timestampMs,
  utf8Length,
  verifyOpenings,
} from '../../core/index.js';
import type {
  CanonicalMembers,
  EventCore,
  JsonValue,
  SessionRef,
  Submission,
  WrittenJson,
  WrittenOpenings,
} from '../../core/index.js';

/** An event with nothing wrong in itself, and what was made of it to find that out. */
export interface CheckedEvent {
  event: Submission;
  core: WrittenJson;
  openings: WrittenOpenings;
  /** Of the core and of the values that it commits to. */
  bytes: number;
  /** Its `timestamp` in the sortable form, and in milliseconds since the epoch (cut off). */
  time: string;
  timeMs: number;
}

/** What the events of one transaction are checked with. */
export interface CheckedAgainst {
  /** The canonical JSON of cores and committed values. */
  texts: CanonicalMembers;
  /** The transaction's time, in milliseconds since the epoch (cut off). */
  recordedAtMs: number;
}

/**
 * Checks what an event says against itself, its group and the transaction; nothing is read from the ledger.
 * @param session the group's session, under the transaction's creator as owner.
 * @throws {AuditError} NOT_OWNER, CHAIN_BROKEN, HASH_MISMATCH, COMMITMENT_MISMATCH, TOO_LARGE, TIME_IN_FUTURE
 */
export function checkEvent(
  event: Submission,
  session: SessionRef,
  { texts, recordedAtMs }: CheckedAgainst,
): CheckedEvent {
  checkSession(event.core, session);
  const core = texts.write(event.core as JsonValue);
  if (hashCoreText(core.text) !== event.hash) {
    throw AuditError.at('/hash', 'HASH_MISMATCH', 'the hash is not that of the core');
  }
  const openings = verifyOpenings(event.core, event.openings, texts.write);
  const bytes = checkSize(utf8Length(core.text) + valueBytes(event.core));
  const time = sortableTimestamp(event.core);
  const timeMs = checkTime(timestampMs(time), recordedAtMs);
  return { event, core, openings, bytes, time, timeMs };
}

function checkSession(core: EventCore, session: SessionRef): void {
  if (core.owner !== session.owner) {
    throw AuditError.at('/core/owner', 'NOT_OWNER', `the transaction's creator is of ${session.owner}`);
  }
  if (core.agent_id !== session.agent_id) {
    throw AuditError.at('/core/agent_id', 'CHAIN_BROKEN', "the event is not of its group's agent");
  }
  if (core.session_id !== session.session_id) {
    throw AuditError.at('/core/session_id', 'CHAIN_BROKEN', "the event is not of its group's session");
  }
}

function valueBytes({ commitments }: EventCore): number {
  return Object.values(commitments).reduce((sum, { size_bytes }) => sum + size_bytes, 0);
}

function checkSize(bytes: number): number {
  if (bytes <= LIMITS.eventBytes) return bytes;
  throw AuditError.at('', 'TOO_LARGE', `an event has at most ${LIMITS.eventBytes} bytes in canonical form`);
}

function checkTime(timeMs: number, recordedAtMs: number): number {
  if (timeMs <= recordedAtMs + LIMITS.futureToleranceMs) return timeMs;
  throw AuditError.at('/core/timestamp', 'TIME_IN_FUTURE', 'the event is stamped later than its transaction');
}

/** The event's `timestamp` in the sortable form. */
export function sortableTimestamp(core: EventCore): string {
  const sortable = normalizeTimestamp(core.timestamp);
  if (sortable === undefined) throw AuditError.at('/core/timestamp', 'INVALID_EVENT', 'not an RFC 3339 time');
  return sortable;
}

import {
  AuditError,
  hashCoreText,
  LIMITS,
  normalizeTimestamp,
  timestampMs,
  utf8Length,
  verifyOpenings,
} from '../../core/index.js';
import type { EventCore, SessionRef, Submission } from '../../core/index.js';
import { coreText } from './core-text.js';

/**
 * Checks what an event says against itself, its group and the transaction; nothing is read from the ledger.
 * @param session the group's session, under the transaction's creator as owner.
 * @param recordedAt the transaction's time in the sortable form.
 * @throws {AuditError} NOT_OWNER, CHAIN_BROKEN, HASH_MISMATCH, COMMITMENT_MISMATCH, TOO_LARGE, TIME_IN_FUTURE
 */
export function checkEvent(event: Submission, session: SessionRef, recordedAt: string): void {
  checkSession(event.core, session);
  if (hashCoreText(coreText(event.core)) !== event.hash) {
    throw AuditError.at('/hash', 'HASH_MISMATCH', 'the hash is not that of the core');
  }
  verifyOpenings(event.core, event.openings);
  checkSize(event.core);
  checkTime(event.core, recordedAt);
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

function checkSize(core: EventCore): void {
  if (eventBytes(core) > LIMITS.eventBytes) {
    throw AuditError.at('', 'TOO_LARGE', `an event has at most ${LIMITS.eventBytes} bytes in canonical form`);
  }
}

/** Bytes of the core and of the values that it commits to. */
export function eventBytes(core: EventCore): number {
  const valueBytes = Object.values(core.commitments).reduce((sum, { size_bytes }) => sum + size_bytes, 0);
  return utf8Length(coreText(core)) + valueBytes;
}

function checkTime(core: EventCore, recordedAt: string): void {
  const latestMs = timestampMs(recordedAt) + LIMITS.futureToleranceMs;
  if (timestampMs(sortableTimestamp(core)) > latestMs) {
    throw AuditError.at('/core/timestamp', 'TIME_IN_FUTURE', 'the event is stamped later than its transaction');
  }
}

/** The event's `timestamp` in the sortable form. */
export function sortableTimestamp(core: EventCore): string {
  const sortable = normalizeTimestamp(core.timestamp);
  if (sortable === undefined) throw AuditError.at('/core/timestamp', 'INVALID_EVENT', 'not an RFC 3339 time');
  return sortable;
}

import { formatSession } from './locator.js';
import type { SessionRef } from './locator.js';

const SEQ_DIGITS = 12;

/** The ledger key of the record whose first event is `firstSeq`; signed answers name the version that they read of it. */
export function recordKey(session: SessionRef, firstSeq: number): string {
  return `r~${eventKey(session, firstSeq)}`;
}

/** Place of an event in the order of all events: the record keys' own order. */
export function eventKey(session: SessionRef, seq: number): string {
  return `${formatSession(session)}~${String(seq).padStart(SEQ_DIGITS, '0')}`;
}

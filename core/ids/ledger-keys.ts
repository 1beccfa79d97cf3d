import { encodeIdPart } from './encode.js';
import { formatSession } from './locator.js';
import type { SessionRef } from './locator.js';

/** Keys of the ledger's state that signed answers name: which versions of them were read, and which had none. */

const SEQ_DIGITS = 12;

/** The record whose first event is `firstSeq`. */
export function recordKey(session: SessionRef, firstSeq: number): string {
  return `r~${eventKey(session, firstSeq)}`;
}

/** Behind every record of a session, and before those of any other. */
export function recordsEnd(session: SessionRef): string {
  return `r~${formatSession(session)}~~`;
}

/** The end of a session's chain. */
export function headKey(session: SessionRef): string {
  return `h~${formatSession(session)}`;
}

/** The event that has an own id of its owner's. */
export function aliasKey(owner: string, eventId: string): string {
  return `i~${encodeIdPart(owner)}~${encodeIdPart(eventId)}`;
}

/** Place of an event in the order of all events: the record keys' own order. */
export function eventKey(session: SessionRef, seq: number): string {
  return `${formatSession(session)}~${String(seq).padStart(SEQ_DIGITS, '0')}`;
}

/** Key of a record's payload in the private collection. */
export function payloadKey(session: SessionRef, firstSeq: number): string {
  return `p~${eventKey(session, firstSeq)}`;
}

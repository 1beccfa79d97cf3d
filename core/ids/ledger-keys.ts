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

/** Where the openings of a record's events are among the payload documents of its transaction. */
export interface PayloadPlace {
  /** Which of the documents, from 0. */
  document: number;
  /** Which of its openings belong to the record's first event, from 0; those of its other events follow. */
  index: number;
}

/** What a record says about its payload. Records of the contract's first versions have no `payload_at`. */
export interface PayloadSource extends SessionRef {
  first_seq: number;
  tx_id: string;
  payload_at?: PayloadPlace | undefined;
}

/** One of a transaction's payload documents in the private collection. */
export function payloadKey(txId: string, document: number): string {
  return `p~${txId}~${document}`;
}

/** The key of the document that has a record's openings, and which of them belong to its first event. */
export function findPayload(record: PayloadSource): { key: string; index: number } {
  const { tx_id: txId, first_seq: firstSeq, payload_at: place } = record;
  // At first each record had a document of its own.
  if (!place) return { key: `p~${eventKey(record, firstSeq)}`, index: 0 };
  return { key: payloadKey(txId, place.document), index: place.index };
}

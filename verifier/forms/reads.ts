import { canonicalize, LIMITS, recordKey, recordsEnd } from '../../core/index.js';
import type { JsonValue, SessionRef } from '../../core/index.js';
import type { Answer, RecordVersion } from '../answer.js';
import { check } from '../faults.js';

/** What the signed read set says of keys of the audit contract's. */

/** That a key was read, and in which version, if it had one. */
export function readOf({ reads }: Answer, key: string): { version: RecordVersion | undefined } | undefined {
  return reads.versions.has(key) ? { version: reads.versions.get(key) } : undefined;
}

/** The version of a key; `undefined` where it had none, or was not read. */
export function versionOf(answer: Answer, key: string): RecordVersion | undefined {
  return readOf(answer, key)?.version;
}

/** Whether a key was read, and there was nothing. */
export function isReadAbsent(answer: Answer, key: string): boolean {
  const read = readOf(answer, key);
  return read !== undefined && read.version === undefined;
}

/** That all records of a session behind `seq` were read, and that there are none. @throws {EvidenceFault} END_NOT_READ */
export function checkEnd(answer: Answer, session: SessionRef, seq: number, at: string): void {
  const [start, end] = [recordKey(session, seq + 1), recordsEnd(session)];
  const isRead = answer.reads.ranges.some(
    ({ startKey, endKey, isExhausted, isEmpty }) => startKey === start && endKey === end && isExhausted && isEmpty,
  );
  check(isRead, 'END_NOT_READ', `${at}/response_payload`, `no empty range from ${start} on`);
}

/** That the signed payload is what the file says in clear. @throws {EvidenceFault} ANSWER_MISMATCH */
export function checkPayload(answer: object, { payload }: Answer, at: string): void {
  const own = new TextEncoder().encode(canonicalize(answer as JsonValue, LIMITS.envelopeDepth));
  const isSame = own.length === payload.length && own.every((byte, index) => byte === payload[index]);
  check(isSame, 'ANSWER_MISMATCH', at, 'the signed answer says something else');
}

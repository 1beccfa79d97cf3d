import { z } from 'zod';
import {
  AuditError,
  LIMITS,
  normalizeTimestamp,
  postedEvent,
  sealedEvent,
  timestampMs,
  utf8Length,
  writeSealed,
  writeValues,
} from '../../core/index.js';
import type { JsonValue, PostedEvent, SealedEvent, WrittenSeal, WrittenValues } from '../../core/index.js';
import { atPointer, validate } from '../validation.js';

/**
 * A valid event that waits for its place: posted plainly, or sealed by its agent (the gateway may only resend it). What
 * of it is canonical JSON whatever its place is written already.
 */
export type Draft = { bytes: number; pointer: string } & (
  | { kind: 'plain'; posted: PostedEvent; values: WrittenValues }
  | { kind: 'sealed'; sealed: SealedEvent; seal: WrittenSeal }
);

export const sealedItem = z.strictObject({ sealed: sealedEvent }).meta({ id: 'SealedItem' });

/**
 * What is plainly too large or too deep is refused here; of the sealed event the contract has the last word.
 * @param item one posted event, or `{"sealed": …}`.
 * @param pointer where it stands in what was sent.
 * @throws {AuditError} INVALID_EVENT, TOO_LARGE, TIME_IN_FUTURE, NOT_OWNER and those of `canonicalize`
 */
export function parseDraft(item: JsonValue, owner: string, pointer: string): Draft {
  const draft = isSealedItem(item) ? parseSealed(item, owner, pointer) : parsePlain(item, pointer);
  if (draft.bytes > LIMITS.eventBytes)
    throw AuditError.at(pointer, 'TOO_LARGE', `an event may have ${LIMITS.eventBytes} bytes`);
  requireNotInFuture(partsOf(draft).timestamp, pointer);
  return draft;
}

/** What both kinds of drafts say of themselves. */
export function partsOf(draft: Draft): {
  agent_id: string;
  session_id: string;
  timestamp: string;
  event_id?: string | undefined;
} {
  return draft.kind === 'plain' ? draft.posted : draft.sealed.core;
}

/** The contract's faults point into the sealed event; what the client posted has the same fields at other places. */
export function toPosterError({ code, message, errors }: AuditError, { kind, pointer }: Draft): AuditError {
  const place = (inSealed: string) =>
    kind === 'sealed' ? `/sealed${inSealed}` : inSealed.replace(/^\/(core|openings)/, '');
  return new AuditError(
    code,
    message,
    errors.map((error) => ({ ...error, pointer: pointer + place(error.pointer) })),
  );
}

function isSealedItem(item: JsonValue): boolean {
  return typeof item === 'object' && item !== null && Object.hasOwn(item, 'sealed');
}

export function plainDraft(posted: PostedEvent, pointer: string): Draft {
  const { values, bytes } = writeValues(posted);
  return { kind: 'plain', posted, values, bytes, pointer };
}

export function sealedDraft(sealed: SealedEvent, pointer: string): Draft {
  const seal = writeSealed(sealed, LIMITS.depth);
  return { kind: 'sealed', sealed, seal, bytes: utf8Length(seal.text), pointer };
}

function parsePlain(item: JsonValue, pointer: string): Draft {
  const posted = validate(postedEvent, item, 'INVALID_EVENT', pointer);
  return atPointer(pointer, () => plainDraft(posted, pointer));
}

function parseSealed(item: JsonValue, owner: string, pointer: string): Draft {
  const { sealed } = validate(sealedItem, item, 'INVALID_EVENT', pointer);
  if (sealed.core.owner !== owner) {
    throw AuditError.at(`${pointer}/sealed/core/owner`, 'NOT_OWNER', `this gateway records for ${owner} only`);
  }
  return atPointer(`${pointer}/sealed`, () => sealedDraft(sealed, pointer));
}

/** The contract judges by the transaction's time; the same rule here spares a group of events the refusal. */
function requireNotInFuture(timestamp: string, pointer: string): void {
  const sortable = normalizeTimestamp(timestamp);
  if (sortable !== undefined && timestampMs(sortable) > Date.now() + LIMITS.futureToleranceMs) {
    throw AuditError.at(`${pointer}/timestamp`, 'TIME_IN_FUTURE', 'the time lies more than 15 minutes ahead');
  }
}

import { AuditError } from '../errors.js';
import { writeValue } from '../json/canonical.js';
import type { JsonWriter } from '../json/canonical.js';
import type { JsonValue } from '../json/value.js';
import type { EventCore } from './schema.js';
import { CHAIN_START, hashCoreText } from './seal.js';

/** What an event says to the next one of its session. */
export interface ChainLink {
  core: Pick<EventCore, 'owner' | 'agent_id' | 'session_id' | 'seq'>;
  hash: string;
}

/** An event with the hash that the next one points at. */
export interface ChainedEvent extends ChainLink {
  core: EventCore;
}

/**
 * That these are consecutive events of one session: after `previous`, or from the session's first event on.
 * @throws {AuditError} HASH_MISMATCH, CHAIN_BROKEN with a pointer that starts with the event's index.
 */
export function verifyChain(events: readonly ChainedEvent[], previous?: ChainLink, write?: JsonWriter): void {
  let last = previous;
  for (const [index, event] of events.entries()) {
    verifyLink(last, event, { pointer: `/${index}`, write });
    last = event;
  }
}

/**
 * That `next` has the hash of its core and continues `previous`, or starts its session where there is none.
 * @param pointer of `next` in what was sent.
 * @throws {AuditError} HASH_MISMATCH, CHAIN_BROKEN
 */
export function verifyLink(
  previous: ChainLink | undefined,
  next: ChainedEvent,
  { pointer = '', write = writeValue }: { pointer?: string; write?: JsonWriter | undefined } = {},
): void {
  if (hashCoreText(write(next.core as JsonValue).text) !== next.hash) {
    throw AuditError.at(`${pointer}/hash`, 'HASH_MISMATCH', 'the hash is not that of the core');
  }
  const broken = findBreak(previous, next.core);
  if (broken) throw AuditError.at(`${pointer}/core/${broken.field}`, 'CHAIN_BROKEN', broken.detail);
}

function findBreak(
  previous: ChainLink | undefined,
  core: EventCore,
): { field: keyof EventCore; detail: string } | undefined {
  const field = (['owner', 'agent_id', 'session_id'] as const).find(
    (key) => previous && previous.core[key] !== core[key],
  );
  if (field) return { field, detail: 'the event belongs to another session' };
  const seq = (previous?.core.seq ?? 0) + 1;
  if (core.seq !== seq) return { field: 'seq', detail: `expected ${seq}, the session's next place` };
  if (core.prev_hash === (previous?.hash ?? CHAIN_START)) return undefined;
  return { field: 'prev_hash', detail: previous ? 'not the hash of the event before' : 'a session starts with zeros' };
}

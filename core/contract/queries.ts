import { z } from 'zod';
import { idPart, timestamp } from '../event/schema.js';
import { LIMITS } from '../limits.js';
import type { JsonObject } from '../json/value.js';
import type { EventView, Head } from './views.js';

/** Arguments of the contract's reading transactions. */

const limit = z.number().int().min(1).max(LIMITS.eventsPerPage);
const cursor = z.string().min(1).max(4096);
const owner = z.string().min(1).max(LIMITS.nameLength);

export const sessionRef = z.strictObject({ owner, agent_id: idPart, session_id: idPart });

/** From `from_seq` on, at most `limit` events: fewer where the answer would be too large, but at least one. */
export const seqRange = z.strictObject({ from_seq: z.number().int().min(1), limit });
export type SeqRange = z.output<typeof seqRange>;

export const pageRequest = z.strictObject({ limit, cursor: cursor.optional() });
export type PageRequest = z.output<typeof pageRequest>;

/** Whoever asks for evidence makes it up: at least 8 characters that need no escaping anywhere. */
export const challengeText = z.string().regex(/^[A-Za-z0-9._~-]{8,128}$/, 'expected 8 to 128 of A-Z a-z 0-9 . _ ~ -');

const jsonObject = z.custom<JsonObject>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
);

/**
 * Which events: the fields with indexes of their own, and a Mango selector over the event's public fields
 * (core/mango/fields lists them) that is matched exactly against each event. Times are half-open ranges.
 * `by` is the order: the client's `timestamp`, or `recorded_at`; ties are broken by locator, so the order is total.
 */
export const eventQuery = z.strictObject({
  owner: owner.optional(),
  agent_id: idPart.optional(),
  session_id: idPart.optional(),
  from: timestamp.optional(),
  to: timestamp.optional(),
  recorded_from: timestamp.optional(),
  recorded_to: timestamp.optional(),
  selector: jsonObject.optional(),
  by: z.enum(['timestamp', 'recorded_at']).default('timestamp'),
  order: z.enum(['asc', 'desc']).default('desc'),
  limit: limit.default(50),
  cursor: cursor.optional(),
});
export type EventQuery = z.output<typeof eventQuery>;

/** The same with nothing left to a default: what was asked is what the signed arguments say. */
export const resolvedEventQuery = eventQuery.extend({
  by: eventQuery.shape.by.unwrap(),
  order: eventQuery.shape.order.unwrap(),
  limit,
});

export interface EventQueryPage {
  events: EventView[];
  /** Absent on the last page. */
  next_cursor?: string;
  /** The index that the state database was told to use, and whether it narrowed by more than the order. */
  index: string;
  scanned: boolean;
  records_read: number;
}

export const sessionQuery = z.strictObject({
  owner: owner.optional(),
  agent_id: idPart.optional(),
  session_id: idPart.optional(),
  open: z.boolean().optional(),
  order: z.enum(['asc', 'desc']).default('desc'),
  limit: limit.default(50),
  cursor: cursor.optional(),
});
export type SessionQuery = z.output<typeof sessionQuery>;

/** Sessions by the time of their last record. */
export interface SessionQueryPage {
  sessions: Head[];
  next_cursor?: string;
  index: string;
}

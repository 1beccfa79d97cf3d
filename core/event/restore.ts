import type { JsonObject } from '../json/value.js';
import type { EventCore, Openings, PostedEvent } from './schema.js';

/**
 * The event as it was posted and normalized: the inverse of `sealEvent`. Committed values without an opening are absent.
 * It does not check the openings: see `verifyOpenings`.
 */
export function restorePosted(core: EventCore, openings: Openings): PostedEvent {
  const { schema_version, owner, seq, prev_hash, commitments, error, ...publicPart } = core;
  const { 'error.message': message, ...whole } = openings;
  const committed: JsonObject = {};
  for (const [field, opening] of Object.entries(whole)) committed[field] = opening.value;
  return {
    ...publicPart,
    ...(error && { error: { ...error, ...(message && { message: message.value }) } }),
    ...committed,
  };
}

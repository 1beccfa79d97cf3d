import { LIMITS, utf8Length } from '../core/index.js';
import type { EventView } from '../core/index.js';

/**
 * The first of the events that one answer can carry: `LIMITS.pageBytes` together, but at least one. Canonical JSON is as
 * long as any that has no spaces.
 */
export function fitPage(events: readonly EventView[]): EventView[] {
  let bytes = 0;
  const end = events.findIndex(
    (event, index) => (bytes += utf8Length(JSON.stringify(event))) > LIMITS.pageBytes && index > 0,
  );
  return events.slice(0, end < 0 ? events.length : end);
}

import { LIMITS, utf8Length } from '../core/index.js';
import type { EventView } from '../core/index.js';
import { writeJson } from './json.js';

/** The first of the events that one answer can carry: `LIMITS.pageBytes` together, but at least one. */
export function fitPage(events: readonly EventView[]): EventView[] {
  let bytes = 0;
  const end = events.findIndex(
    (event, index) => (bytes += utf8Length(writeJson(event))) > LIMITS.pageBytes && index > 0,
  );
  return events.slice(0, end < 0 ? events.length : end);
}

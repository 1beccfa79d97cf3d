import { LIMITS, utf8Length, WrittenJson } from '../core/index.js';
import type { EventView, JsonValue } from '../core/index.js';

/**
 * The first of the events that one answer can carry: `LIMITS.pageBytes` together, but at least one. Each is written for
 * its size, and the answer takes it as it is written.
 */
export function fitPage(events: readonly EventView[]): WrittenJson[] {
  const page: WrittenJson[] = [];
  let bytes = 0;
  for (const event of events) {
    const written = WrittenJson.of(event as unknown as JsonValue, LIMITS.envelopeDepth);
    bytes += utf8Length(written.text);
    if (bytes > LIMITS.pageBytes && page.length > 0) break;
    page.push(written);
  }
  return page;
}

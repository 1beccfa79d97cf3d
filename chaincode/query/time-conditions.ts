import { LIMITS, normalizeTimestamp, timestampFromMs, timestampMs } from '../../core/index.js';
import type { EventQuery, JsonObject } from '../../core/index.js';
import type { RecordTime } from './indexes.js';
import type { Position } from './position.js';

/** Times in the sortable form, `[from, to)`; where a page goes on in descending order the end belongs to it. */
interface TimeWindow {
  from?: string | undefined;
  to?: string | undefined;
  closed?: boolean;
}

const EARLIEST = '0000-01-01T00:00:00.000000000Z';
const LATEST = '9999-12-31T23:59:59.999999999Z';
/** One millisecond more than a record can span, for what `timestampMs` cuts off. */
const SPAN_MS = LIMITS.recordSpanMs + 1;

/** The window of the events' own times that a query asks for. */
export function timestampWindow({ from, to }: EventQuery): TimeWindow {
  return { from: from && normalizeTimestamp(from), to: to && normalizeTimestamp(to) };
}

/** The window of recording times that a query asks for. */
export function recordedWindow({ recorded_from: from, recorded_to: to }: EventQuery): TimeWindow {
  return { from: from && normalizeTimestamp(from), to: to && normalizeTimestamp(to) };
}

export function isBounded({ from, to }: TimeWindow): boolean {
  return from !== undefined || to !== undefined;
}

export function isInside(time: string, { from, to }: TimeWindow): boolean {
  return (from === undefined || time >= from) && (to === undefined || time < to);
}

/**
 * Mango conditions on a record's times for events inside the query's windows. A record is shorter than
 * `LIMITS.recordSpanMs`, so a bound on one of its ends bounds the other one too, which keeps the index's range short.
 * @param leading the time that the index is sorted by: without a condition the state database would not use the index.
 */
export function timeConditions(query: EventQuery, leading: RecordTime, after: Position | undefined): JsonObject {
  const byTimestamp = query.by === 'timestamp';
  const events = continueWindow(timestampWindow(query), query, byTimestamp ? after : undefined);
  const recorded = continueWindow(recordedWindow(query), query, byTimestamp ? undefined : after);
  const conditions: Record<RecordTime, JsonObject> = {
    from: rangeCondition({ ...events, from: shift(events.from, -SPAN_MS) }),
    to: rangeCondition({ ...events, to: shift(events.to, SPAN_MS) }),
    recorded_at: rangeCondition(recorded),
  };
  conditions[leading] = { $gte: EARLIEST, ...conditions[leading] };
  return Object.fromEntries(Object.entries(conditions).filter(([, condition]) => Object.keys(condition).length > 0));
}

function continueWindow(window: TimeWindow, { order }: EventQuery, after: Position | undefined): TimeWindow {
  if (!after) return window;
  if (order === 'asc') return { ...window, from: !window.from || after.time > window.from ? after.time : window.from };
  return window.to !== undefined && window.to <= after.time ? window : { ...window, to: after.time, closed: true };
}

function rangeCondition({ from, to, closed }: TimeWindow): JsonObject {
  return {
    ...(from !== undefined && { $gte: from }),
    ...(to !== undefined && { [closed ? '$lte' : '$lt']: to }),
  };
}

/** Moves a time by milliseconds, within the years that the sortable form has. */
function shift(time: string | undefined, ms: number): string | undefined {
  if (time === undefined) return undefined;
  const shiftedMs = timestampMs(time) + ms;
  if (shiftedMs < timestampMs(EARLIEST)) return EARLIEST;
  return shiftedMs > timestampMs(LATEST) ? LATEST : timestampFromMs(shiftedMs);
}

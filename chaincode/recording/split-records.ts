import { LIMITS } from '../../core/index.js';
import type { CheckedEvent } from './check-event.js';

/** Events of one record with the least and greatest of their times in the sortable form. */
export interface RecordPart {
  events: CheckedEvent[];
  from: string;
  to: string;
  /** The same two in milliseconds since the epoch (cut off). */
  fromMs: number;
  toMs: number;
  bytes: number;
}

/** Cuts consecutive events into as few records as the limits on count, bytes and span of time allow. */
export function splitRecords(events: readonly CheckedEvent[]): RecordPart[] {
  const parts: RecordPart[] = [];
  for (const event of events) {
    const extended = extend(parts.at(-1), event);
    if (extended) parts[parts.length - 1] = extended;
    else parts.push(partOf(event));
  }
  return parts;
}

function partOf(event: CheckedEvent): RecordPart {
  const { time, timeMs, bytes } = event;
  return { events: [event], from: time, to: time, fromMs: timeMs, toMs: timeMs, bytes };
}

function extend(part: RecordPart | undefined, event: CheckedEvent): RecordPart | undefined {
  const { time, timeMs, bytes } = event;
  if (!part || part.events.length >= LIMITS.eventsPerRecord || part.bytes + bytes > LIMITS.recordBytes)
    return undefined;
  const from = time < part.from ? time : part.from;
  const to = time > part.to ? time : part.to;
  const [fromMs, toMs] = [Math.min(part.fromMs, timeMs), Math.max(part.toMs, timeMs)];
  // What is below a millisecond is cut off, so an equal difference may already be too long.
  if (toMs - fromMs >= LIMITS.recordSpanMs) return undefined;
  part.events.push(event);
  return { events: part.events, from, to, fromMs, toMs, bytes: part.bytes + bytes };
}

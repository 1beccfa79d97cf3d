import { LIMITS, timestampMs } from '../../core/index.js';
import type { CheckedEvent } from './check-event.js';

/** Events of one record with the least and greatest of their times in the sortable form. */
export interface RecordPart {
  events: CheckedEvent[];
  from: string;
  to: string;
  bytes: number;
}

/** Cuts consecutive events into as few records as the limits on count, bytes and span of time allow. */
export function splitRecords(events: readonly CheckedEvent[]): RecordPart[] {
  const parts: RecordPart[] = [];
  for (const event of events) {
    const extended = extend(parts.at(-1), event);
    if (extended) parts[parts.length - 1] = extended;
    else parts.push({ events: [event], from: event.time, to: event.time, bytes: event.bytes });
  }
  return parts;
}

function extend(part: RecordPart | undefined, event: CheckedEvent): RecordPart | undefined {
  const { time, bytes } = event;
  if (!part || part.events.length >= LIMITS.eventsPerRecord || part.bytes + bytes > LIMITS.recordBytes)
    return undefined;
  const from = time < part.from ? time : part.from;
  const to = time > part.to ? time : part.to;
  // `timestampMs` cuts off what is below a millisecond, so an equal difference may already be too long.
  if (timestampMs(to) - timestampMs(from) >= LIMITS.recordSpanMs) return undefined;
  part.events.push(event);
  return { events: part.events, from, to, bytes: part.bytes + bytes };
}

import { LIMITS, timestampMs } from '../../core/index.js';
import type { Submission } from '../../core/index.js';
import { eventBytes, sortableTimestamp } from './check-event.js';

/** Events of one record with the least and greatest of their times in the sortable form. */
export interface RecordPart {
  events: Submission[];
  from: string;
  to: string;
  bytes: number;
}

/** Cuts consecutive events into as few records as the limits on count, bytes and span of time allow. */
export function splitRecords(events: readonly Submission[]): RecordPart[] {
  const parts: RecordPart[] = [];
  for (const event of events) {
    const time = sortableTimestamp(event.core);
    const bytes = eventBytes(event.core);
    const extended = extend(parts.at(-1), event, time, bytes);
    if (extended) parts[parts.length - 1] = extended;
    else parts.push({ events: [event], from: time, to: time, bytes });
  }
  return parts;
}

function extend(part: RecordPart | undefined, event: Submission, time: string, bytes: number): RecordPart | undefined {
  if (!part || part.events.length >= LIMITS.eventsPerRecord || part.bytes + bytes > LIMITS.recordBytes)
    return undefined;
  const from = time < part.from ? time : part.from;
  const to = time > part.to ? time : part.to;
  // `timestampMs` cuts off what is below a millisecond, so an equal difference may already be too long.
  if (timestampMs(to) - timestampMs(from) >= LIMITS.recordSpanMs) return undefined;
  part.events.push(event);
  return { events: part.events, from, to, bytes: part.bytes + bytes };
}

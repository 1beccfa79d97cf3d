import { z } from 'zod';
import type { EventQuery, EventView } from '../../core/index.js';
import { sortableTime } from '../cursor.js';
import { sortableTimestamp } from '../recording/check-event.js';
import type { RecordDocument } from '../state/documents.js';
import { eventKey } from '../state/keys.js';

/** Place in the total order of an answer: a time in the sortable form, then a key. */
export const position = z.strictObject({ time: sortableTime, key: z.string() });
export type Position = z.output<typeof position>;

export type EventOrder = Pick<EventQuery, 'by' | 'order'>;

/** Negative where `left` comes first. Text is compared by code units: no locale has a say. */
export function comparePositions(order: 'asc' | 'desc', left: Position, right: Position): number {
  const ascending = compareText(left.time, right.time) || compareText(left.key, right.key);
  return order === 'asc' ? ascending : -ascending;
}

export function eventPosition({ by }: EventOrder, view: EventView): Position {
  const { core } = view;
  const time = by === 'recorded_at' ? view.recorded_at : sortableTimestamp(core);
  return { time, key: eventKey(core, core.seq) };
}

/**
 * The position before everything that this record and those behind it can hold. The state database orders records by
 * `from` (ascending), `to` (descending) or `recorded_at`, and equal ones by their keys, whose order is the events'.
 */
export function positionBefore({ by, order }: EventOrder, record: RecordDocument): Position {
  if (order === 'asc') {
    const time = by === 'recorded_at' ? record.recorded_at : record.from;
    return { time, key: eventKey(record, record.first_seq - 1) };
  }
  const time = by === 'recorded_at' ? record.recorded_at : record.to;
  return { time, key: eventKey(record, record.last_seq + 1) };
}

function compareText(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

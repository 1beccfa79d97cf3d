import { AuditError, LIMITS } from '../../core/index.js';
import type { EventView, WrittenJson } from '../../core/index.js';
import { fitPage } from '../fit-page.js';
import { viewEvents } from '../state/documents.js';
import type { RecordDocument } from '../state/documents.js';
import { comparePositions, eventPosition, positionBefore } from './position.js';
import type { EventOrder, Position } from './position.js';

export interface MergeRequest extends EventOrder {
  limit: number;
  /** Where the page before ended. */
  after?: Position | undefined;
  matches: (view: EventView) => boolean;
}

export interface MergedPage {
  found: FoundEvent[];
  /** Where the next page goes on; absent on the last one. */
  next?: Position;
  recordsRead: number;
}

interface PlacedEvent {
  view: EventView;
  /** Where the record that holds it starts. */
  recordFirstSeq: number;
  position: Position;
}

/** An event of the page, with what stands for it in an answer. */
export interface FoundEvent extends PlacedEvent {
  written: WrittenJson;
}

/**
 * Takes the first events out of records whose times overlap. An event is certain once neither the record at hand nor
 * those behind it can hold an earlier one; no more records are read than it takes to be certain of a page.
 * @param records in the state database's order, see `positionBefore`.
 * @throws {AuditError} QUERY_TOO_BROAD where the records that one answer may read do not lead past `after`.
 */
export async function mergeEvents(records: AsyncIterable<RecordDocument>, request: MergeRequest): Promise<MergedPage> {
  const { order, limit, after } = request;
  const certain: PlacedEvent[] = [];
  let pending: PlacedEvent[] = [];
  let reached: Position | undefined;
  let recordsRead = 0;
  for await (const record of records) {
    const before = positionBefore(request, record);
    if (reached && comparePositions(order, before, reached) < 0) throw new Error('records arrived out of order');
    reached = before;
    certain.push(...takeBefore(pending, before, order));
    if (certain.length > limit) break;
    if (recordsRead === LIMITS.recordsPerQuery) return stopAt(before, certain, request, recordsRead);
    recordsRead += 1;
    const more = placeEvents(record, request).filter(
      ({ position }) => !after || comparePositions(order, position, after) > 0,
    );
    // What lies behind a whole page and one event more cannot get onto this page.
    pending = [...pending, ...more].sort((a, b) => comparePositions(order, a.position, b.position)).slice(0, limit + 1);
  }
  return endOfPage([...certain, ...pending], limit, recordsRead);
}

/** Removes the events before a position from the front of a sorted list. */
function takeBefore(pending: PlacedEvent[], before: Position, order: EventOrder['order']): PlacedEvent[] {
  const end = pending.findIndex(({ position }) => comparePositions(order, position, before) > 0);
  return pending.splice(0, end < 0 ? pending.length : end);
}

function placeEvents(record: RecordDocument, request: MergeRequest): PlacedEvent[] {
  return viewEvents(record)
    .filter(request.matches)
    .map((view) => ({ view, recordFirstSeq: record.first_seq, position: eventPosition(request, view) }));
}

function endOfPage(placed: PlacedEvent[], limit: number, recordsRead: number): MergedPage {
  const page = fitPage(placed.slice(0, limit).map(({ view }) => view));
  const found = placed.flatMap((event, index) => {
    const written = page[index];
    return written ? [{ ...event, written }] : [];
  });
  const last = placed.length > found.length ? found.at(-1) : undefined;
  return { found, ...(last && { next: last.position }), recordsRead };
}

function stopAt(
  next: Position,
  certain: PlacedEvent[],
  { order, limit, after }: MergeRequest,
  recordsRead: number,
): MergedPage {
  if (after && comparePositions(order, next, after) <= 0) {
    throw new AuditError('QUERY_TOO_BROAD', `more than ${LIMITS.recordsPerQuery} records have the same time`);
  }
  return { next, ...endOfPage(certain, limit, recordsRead) };
}

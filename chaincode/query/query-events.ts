import { checkSelector, eventFilter } from '../../core/index.js';
import type { Condition, EventQuery, EventQueryPage, EventView, WrittenJson } from '../../core/index.js';
import type { AuditContext } from '../context.js';
import { readCursor, writeCursor } from '../cursor.js';
import { sortableTimestamp } from '../recording/check-event.js';
import { mergeEvents } from './merge-events.js';
import type { FoundEvent } from './merge-events.js';
import { planQuery } from './plan-query.js';
import { position } from './position.js';
import { isInside, recordedWindow, timestampWindow } from './time-conditions.js';

/** Records fetched at once: a small page is often filled by its first fetch, a large one holds memory in check. */
const MAX_FETCH = 200;

type PageFacts = Omit<EventQueryPage, 'events'>;

/**
 * Events of all organizations by rich query, in a total order.
 * @throws {AuditError} INVALID_QUERY, INVALID_CURSOR, QUERY_UNSUPPORTED, QUERY_TOO_BROAD
 */
export async function queryEvents(
  ctx: AuditContext,
  query: EventQuery,
): Promise<PageFacts & { events: WrittenJson[] }> {
  const { found, ...page } = await findEvents(ctx, query);
  return { events: found.map(({ written }) => written), ...page };
}

/** The same, with the record that holds each event. */
export async function findEvents(ctx: AuditContext, query: EventQuery): Promise<PageFacts & { found: FoundEvent[] }> {
  const condition = query.selector && checkSelector(query.selector);
  const { cursor, limit, ...request } = query;
  const after = cursor === undefined ? undefined : readCursor(cursor, request, position);
  const plan = planQuery(query, condition, after);
  const records = ctx.state.queryRecords(plan.query, Math.min(limit + 1, MAX_FETCH));
  const { by, order } = query;
  const page = await mergeEvents(records, { by, order, limit, after, matches: matcherOf(query, condition) });
  return {
    found: page.found,
    ...(page.next && { next_cursor: writeCursor(request, page.next) }),
    index: plan.index.name,
    scanned: plan.scanned,
    records_read: page.recordsRead,
  };
}

/** Every condition of the query, exactly: the state database's answer is only a superset. */
export function matcherOf(query: EventQuery, condition: Condition | undefined): (view: EventView) => boolean {
  const times = timestampWindow(query);
  const recorded = recordedWindow(query);
  const { agent_id, session_id, owner } = query;
  const matchesSelector = condition && eventFilter(condition);
  return (view) =>
    (agent_id === undefined || view.core.agent_id === agent_id) &&
    (session_id === undefined || view.core.session_id === session_id) &&
    (owner === undefined || view.core.owner === owner) &&
    isInside(sortableTimestamp(view.core), times) &&
    isInside(view.recorded_at, recorded) &&
    (!matchesSelector || matchesSelector(view));
}

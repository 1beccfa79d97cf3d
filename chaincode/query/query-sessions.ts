import type { Head, SessionQuery, SessionQueryPage } from '../../core/index.js';
import type { AuditContext } from '../context.js';
import { readCursor, writeCursor } from '../cursor.js';
import { toHead } from '../state/documents.js';
import { headKey } from '../state/keys.js';
import type { StateQuery } from '../state/ledger-state.js';
import { headIndex, leadingField } from './indexes.js';
import type { StateIndex } from './indexes.js';
import { comparePositions, position } from './position.js';
import type { Position } from './position.js';

/**
 * Sessions of all organizations by the time of their last record.
 * @throws {AuditError} INVALID_CURSOR, QUERY_UNSUPPORTED
 */
export async function querySessions(ctx: AuditContext, query: SessionQuery): Promise<SessionQueryPage> {
  const { cursor, limit, ...request } = query;
  const after = cursor === undefined ? undefined : readCursor(cursor, request, position);
  const index = headIndex(leadingField(query));
  const sessions: Head[] = [];
  for await (const document of ctx.state.queryHeads(planHeads(query, index, after), limit + 1)) {
    const head = toHead(document);
    if (after && comparePositions(query.order, positionOf(head), after) <= 0) continue;
    sessions.push(head);
    if (sessions.length > limit) break;
  }
  const last = sessions.length > limit ? sessions[limit - 1] : undefined;
  return {
    sessions: sessions.slice(0, limit),
    ...(last && { next_cursor: writeCursor(request, positionOf(last)) }),
    index: index.name,
  };
}

function planHeads(query: SessionQuery, index: StateIndex, after: Position | undefined): StateQuery {
  const { owner, agent_id, session_id, open, order } = query;
  const end = order === 'asc' ? { $gte: after?.time ?? '' } : { $gte: '', ...(after && { $lte: after.time }) };
  return {
    selector: {
      doc_type: 'head',
      last_recorded_at: end,
      ...(owner !== undefined && { owner }),
      ...(agent_id !== undefined && { agent_id }),
      ...(session_id !== undefined && { session_id }),
      ...(open !== undefined && { open }),
    },
    sort: index.fields.map((field) => ({ [field]: order })),
    use_index: [`_design/${index.ddoc}`, index.name],
  };
}

function positionOf(head: Head): Position {
  return { time: head.last_recorded_at, key: headKey(head) };
}

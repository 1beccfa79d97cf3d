import { recordSelector, requiredText } from '../../core/index.js';
import type { Condition, EventQuery } from '../../core/index.js';
import type { StateQuery } from '../state/ledger-state.js';
import { leadingField, recordIndex } from './indexes.js';
import type { RecordTime, StateIndex } from './indexes.js';
import type { Position } from './position.js';
import { isBounded, recordedWindow, timeConditions, timestampWindow } from './time-conditions.js';

export interface QueryPlan {
  index: StateIndex;
  query: StateQuery;
  /** Whether records are read that the index alone would not have led to. */
  scanned: boolean;
}

/**
 * The Mango query for the records that can hold events of a query, in the order that merging needs.
 * @param condition the query's own selector as `checkSelector` read it.
 * @param after where the page before ended.
 */
export function planQuery(query: EventQuery, condition: Condition | undefined, after?: Position): QueryPlan {
  const { owner, order } = query;
  // Whichever way it was said: without them every record of the ledger would be looked at.
  const agent_id = query.agent_id ?? (condition && requiredText(condition, 'agent_id'));
  const session_id = query.session_id ?? (condition && requiredText(condition, 'session_id'));
  const leading = leadingTime(query);
  const index = recordIndex(leadingField({ agent_id, session_id }), leading);
  const narrowing = condition ? recordSelector(condition) : {};
  return {
    index,
    query: {
      selector: {
        doc_type: 'record',
        ...(agent_id !== undefined && { agent_id }),
        ...(session_id !== undefined && { session_id }),
        ...(owner !== undefined && { owner }),
        ...timeConditions(query, leading, after),
        ...(Object.keys(narrowing).length > 0 && { $and: [narrowing] }),
      },
      sort: index.fields.map((field) => ({ [field]: order })),
      use_index: [`_design/${index.ddoc}`, index.name],
    },
    scanned: isScanned(query),
  };
}

function leadingTime({ by, order }: EventQuery): RecordTime {
  if (by === 'recorded_at') return 'recorded_at';
  return order === 'asc' ? 'from' : 'to';
}

function isScanned(query: EventQuery): boolean {
  const otherWindow = query.by === 'timestamp' ? recordedWindow(query) : timestampWindow(query);
  const bothFields = query.agent_id !== undefined && query.session_id !== undefined;
  return bothFields || query.owner !== undefined || query.selector !== undefined || isBounded(otherWindow);
}

/**
 * The indexes of `META-INF/statedb/couchdb/indexes` (a test compares the two). Each has a filter, so that it holds
 * documents of one kind only: a head that changes with every record is not moved about in the indexes of records.
 * The state database uses an index with a filter only for queries that name it (`use_index`).
 */
export interface StateIndex {
  ddoc: string;
  name: string;
  holds: 'record' | 'head';
  fields: readonly string[];
}

/** What a document is found by, and the time that gives the order. */
export type LeadingField = 'agent_id' | 'session_id';
export type RecordTime = 'from' | 'to' | 'recorded_at';

export function recordIndex(field: LeadingField | undefined, time: RecordTime): StateIndex {
  const parts = [...(field ? [field] : []), time];
  return { ddoc: 'records', name: `records-by-${kebab(parts)}`, holds: 'record', fields: parts };
}

export function headIndex(field: LeadingField | undefined): StateIndex {
  const parts = [...(field ? [field] : []), 'last_recorded_at'];
  return { ddoc: 'heads', name: `heads-by-${kebab(parts)}`, holds: 'head', fields: parts };
}

export const ALL_INDEXES: readonly StateIndex[] = [
  ...([undefined, 'agent_id', 'session_id'] as const).flatMap((field) => [
    ...(['from', 'to', 'recorded_at'] as const).map((time) => recordIndex(field, time)),
    headIndex(field),
  ]),
];

function kebab(parts: string[]): string {
  return parts.join('-').replaceAll('_', '-');
}

/** The index that narrows most: a session's id is nearly always of one session only. */
export function leadingField(query: {
  agent_id?: string | undefined;
  session_id?: string | undefined;
}): LeadingField | undefined {
  if (query.session_id !== undefined) return 'session_id';
  return query.agent_id === undefined ? undefined : 'agent_id';
}

/**
 * The indexes of `META-INF/statedb/couchdb/indexes` (a test compares the two). Each starts with `doc_type`, so that an
 * index of records holds nothing else within the range that a query reads.
 */
export interface StateIndex {
  ddoc: string;
  name: string;
  fields: readonly [string, ...string[]];
}

/** What a document is found by, and the time that gives the order. */
export type LeadingField = 'agent_id' | 'session_id';
export type RecordTime = 'from' | 'to' | 'recorded_at';

export function recordIndex(field: LeadingField | undefined, time: RecordTime): StateIndex {
  const parts = [...(field ? [field] : []), time];
  return { ddoc: 'records', name: `records-by-${kebab(parts)}`, fields: ['doc_type', ...parts] };
}

export function headIndex(field: LeadingField | undefined): StateIndex {
  const parts = [...(field ? [field] : []), 'last_recorded_at'];
  return { ddoc: 'heads', name: `heads-by-${kebab(parts)}`, fields: ['doc_type', ...parts] };
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

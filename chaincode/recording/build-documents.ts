import type { SessionRef, Submission } from '../../core/index.js';
import type { Stamp } from '../context.js';
import type { CheckedEvent } from './check-event.js';
import type { HeadDocument, NewRecord } from '../state/documents.js';
import type { RecordPart } from './split-records.js';

export function buildRecord(session: SessionRef, part: RecordPart, stamp: Stamp): NewRecord {
  const { events, from, to } = part;
  const firstSeq = events[0]?.event.core.seq ?? 0;
  return {
    doc_type: 'record',
    v: 1,
    ...session,
    first_seq: firstSeq,
    last_seq: firstSeq + events.length - 1,
    count: events.length,
    from,
    to,
    ...stamp,
    event_types: distinct(events.map(({ event }) => event.core.event_type)),
    tools: distinct(events.flatMap(({ event }) => event.core.tool?.name ?? [])),
    payload: events.some(commitsToValues) ? 'collection' : 'none',
    events: events.map(({ core, event: { hash, signature, submitted_by } }) => ({
      core,
      hash,
      ...(signature && { signature }),
      ...(submitted_by !== undefined && { submitted_by }),
    })),
  };
}

/** The head behind the last of the parts. */
export function buildHead(
  session: SessionRef,
  previous: HeadDocument | undefined,
  parts: readonly RecordPart[],
  last: Submission,
  recordedAt: string,
): HeadDocument {
  const times = [...(previous ? [previous] : []), ...parts];
  return {
    doc_type: 'head',
    v: 1,
    ...session,
    seq: last.core.seq,
    hash: last.hash,
    open: last.core.event_type !== 'session_end',
    from: times.map(({ from }) => from).reduce((least, time) => (time < least ? time : least)),
    to: times.map(({ to }) => to).reduce((greatest, time) => (time > greatest ? time : greatest)),
    first_recorded_at: previous?.first_recorded_at ?? recordedAt,
    last_recorded_at: recordedAt,
  };
}

function commitsToValues({ event }: CheckedEvent): boolean {
  return Object.keys(event.core.commitments).length > 0;
}

function distinct(texts: string[]): string[] {
  return [...new Set(texts)].sort();
}

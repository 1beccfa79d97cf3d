import type { PayloadPlace, SessionRef, Submission } from '../../core/index.js';
import type { Stamp } from '../context.js';
import type { HeadDocument, NewRecord } from '../state/documents.js';
import type { RecordPart } from './split-records.js';

/**
 * Members stand in the order in which they are written.
 * @param place where the openings of its events are, if it has any
 */
export function buildRecord(
  session: SessionRef,
  part: RecordPart,
  stamp: Stamp,
  place: PayloadPlace | undefined,
): NewRecord {
  const { events, from, to } = part;
  const firstSeq = events[0]?.event.core.seq ?? 0;
  return {
    agent_id: session.agent_id,
    count: events.length,
    doc_type: 'record',
    event_types: distinct(events.map(({ event }) => event.core.event_type)),
    events: events.map(({ core, event: { hash, signature, submitted_by } }) => ({
      core,
      hash,
      ...(signature && { signature }),
      ...(submitted_by !== undefined && { submitted_by }),
    })),
    first_seq: firstSeq,
    from,
    last_seq: firstSeq + events.length - 1,
    owner: session.owner,
    payload: place ? 'collection' : 'none',
    ...(place && { payload_at: place }),
    recorded_at: stamp.recorded_at,
    recorded_by: stamp.recorded_by,
    session_id: session.session_id,
    to,
    tools: distinct(events.flatMap(({ event }) => event.core.tool?.name ?? [])),
    tx_id: stamp.tx_id,
    v: 1,
  };
}

/** The head behind the last of the parts. Members stand in the order in which they are written. */
export function buildHead(
  session: SessionRef,
  previous: HeadDocument | undefined,
  parts: readonly RecordPart[],
  last: Submission,
  recordedAt: string,
): HeadDocument {
  const times = [...(previous ? [previous] : []), ...parts];
  return {
    agent_id: session.agent_id,
    doc_type: 'head',
    first_recorded_at: previous?.first_recorded_at ?? recordedAt,
    from: times.map(({ from }) => from).reduce((least, time) => (time < least ? time : least)),
    hash: last.hash,
    last_recorded_at: recordedAt,
    open: last.core.event_type !== 'session_end',
    owner: session.owner,
    seq: last.core.seq,
    session_id: session.session_id,
    to: times.map(({ to }) => to).reduce((greatest, time) => (time > greatest ? time : greatest)),
    v: 1,
  };
}

function distinct(texts: string[]): string[] {
  if (texts.length <= 1) return texts;
  return [...new Set(texts)].sort();
}

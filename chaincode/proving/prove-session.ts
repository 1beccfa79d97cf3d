import { AuditError, formatSession, LIMITS, parseSession, utf8Length } from '../../core/index.js';
import type { AgentKey, RecordProof, SessionEntry, SessionProof, SessionRef } from '../../core/index.js';
import type { AuditContext } from '../context.js';
import { writeJson } from '../json.js';
import { toHead } from '../state/documents.js';
import type { RecordDocument } from '../state/documents.js';
import { checkChallenge } from './challenge.js';
import { readEnd } from './read-end.js';

/**
 * Records of a session from one of them on, as many as an answer takes, for peers to sign. The read set that is
 * endorsed with it names each record's key and version, the head's, and the empty range behind the head.
 * @param fromSeq in decimal: the first event of a record.
 * @returns null for a session without events.
 * @throws {AuditError} INVALID_ID, INVALID_REQUEST
 */
export async function proveSession(
  ctx: AuditContext,
  sessionId: string,
  fromSeq: string,
  challenge: string,
): Promise<SessionProof | null> {
  checkChallenge(challenge);
  const session = parseSession(sessionId);
  const head = await readEnd(ctx.state, session);
  if (!head) return null;
  const records = await readRecords(ctx, session, readSeq(fromSeq));
  const [first, last] = [records[0], records.at(-1)];
  if (!first || !last) throw new AuditError('INVALID_REQUEST', 'no record of the session starts with that event');
  const keys = await readKeys(ctx, session, records);
  const entries = await readEntries(ctx, session, first.first_seq, last.first_seq + last.events.length - 1);
  return {
    challenge,
    session: formatSession(session),
    from_seq: first.first_seq,
    records,
    head: toHead(head),
    ...(keys.length > 0 && { agent_keys: keys }),
    entries: entries.slice(0, LIMITS.entriesPerPage),
    entries_complete: entries.length <= LIMITS.entriesPerPage,
  };
}

function readSeq(text: string): number {
  if (!/^[1-9]\d{0,11}$/.test(text)) throw new AuditError('INVALID_REQUEST', 'the sequence number is none');
  return Number(text);
}

/** Each record's key follows from the one before, so that no range is needed, whose keys would be hashed together. */
async function readRecords(ctx: AuditContext, session: SessionRef, fromSeq: number): Promise<RecordProof[]> {
  const records: RecordProof[] = [];
  const keys = new Set<string>();
  let bytes = 0;
  let record = await ctx.state.record(session, fromSeq);
  while (record && records.length < LIMITS.recordsPerProof) {
    const proof = proveRecord(record);
    bytes += utf8Length(writeJson(proof));
    for (const id of keyIdsOf([proof])) keys.add(id);
    const isTooMuch = bytes > LIMITS.proofBytes || keys.size > LIMITS.keysPerProof;
    if (isTooMuch && records.length > 0) break;
    records.push(proof);
    record = await ctx.state.record(session, record.last_seq + 1);
  }
  return records;
}

function proveRecord({ first_seq, recorded_at, recorded_by, tx_id, payload, events }: RecordDocument): RecordProof {
  return { first_seq, recorded_at, recorded_by, tx_id, payload, events };
}

/** The keys that signed the events, each once. */
async function readKeys(ctx: AuditContext, session: SessionRef, records: RecordProof[]): Promise<AgentKey[]> {
  const keys: AgentKey[] = [];
  for (const id of keyIdsOf(records)) {
    const key = await ctx.state.agentKey(session, id);
    if (key) keys.push(key);
  }
  return keys;
}

function keyIdsOf(records: RecordProof[]): Set<string> {
  return new Set(records.flatMap(({ events }) => events.flatMap(({ signature }) => signature?.key_id ?? [])));
}

async function readEntries(ctx: AuditContext, session: SessionRef, from: number, to: number): Promise<SessionEntry[]> {
  const entries: SessionEntry[] = [];
  for await (const entry of ctx.state.entries(session, from, to)) {
    entries.push(entry);
    if (entries.length > LIMITS.entriesPerPage) break;
  }
  return entries;
}

import { parseEventRef } from '../../core/index.js';
import type { EventView, Head, Locator, Openings, SeqRange, SessionRef, WrittenJson } from '../../core/index.js';
import type { AuditContext } from '../context.js';
import { fitPage } from '../fit-page.js';
import { toHead, viewEventAt, viewEvents } from '../state/documents.js';
import type { RecordDocument } from '../state/documents.js';
import { findRecord, resolveRef } from './find-event.js';

/** An event where it was found. */
export interface FoundEvent {
  locator: Locator;
  record: RecordDocument;
  view: EventView;
}

/** @throws {AuditError} INVALID_ID */
export async function findEvent(ctx: AuditContext, eventRef: string): Promise<FoundEvent | undefined> {
  const locator = await resolveRef(ctx.state, parseEventRef(eventRef), ctx.mspId);
  const record = locator && (await findRecord(ctx.state, locator));
  const view = record && viewEventAt(record, locator.seq);
  return view && { locator, record, view };
}

export async function readEvent(ctx: AuditContext, eventRef: string): Promise<EventView | null> {
  const found = await findEvent(ctx, eventRef);
  return found?.view ?? null;
}

/** What opens the event's commitments, or null where there is nothing (any more). */
export async function readPayload(ctx: AuditContext, eventRef: string): Promise<Openings | null> {
  const found = await findEvent(ctx, eventRef);
  if (!found) return null;
  const openings = await ctx.state.openings(found.record);
  return openings?.[found.locator.seq - found.record.first_seq] ?? null;
}

/** Events of a session in order, from `from_seq` on. */
export async function readSession(
  ctx: AuditContext,
  session: SessionRef,
  { from_seq: fromSeq, limit }: SeqRange,
): Promise<WrittenJson[]> {
  const first = await findRecord(ctx.state, { ...session, seq: fromSeq });
  if (!first) return [];
  const events = viewEvents(first).slice(fromSeq - first.first_seq);
  if (events.length < limit) {
    for await (const record of ctx.state.records(session, first.last_seq + 1)) {
      events.push(...viewEvents(record));
      if (events.length >= limit) break;
    }
  }
  return fitPage(events.slice(0, limit));
}

/** The heads of sessions in the order asked for; null for a session that has no events. */
export async function readHeads(ctx: AuditContext, sessions: readonly SessionRef[]): Promise<(Head | null)[]> {
  const documents = await ctx.state.heads(sessions);
  return documents.map((document) => (document ? toHead(document) : null));
}

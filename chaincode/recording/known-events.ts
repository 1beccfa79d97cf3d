import { compareContent, formatLocator } from '../../core/index.js';
import type { Head, Openings, Submission } from '../../core/index.js';
import { findRecord } from '../reading/find-event.js';
import type { RecordDocument } from '../state/documents.js';
import type { LedgerState } from '../state/ledger-state.js';
import type { KnownEvent } from './judge-group.js';

/**
 * Own ids that earlier groups of the same transaction have taken, with their locators: the state does not show a
 * transaction its own writes.
 */
export type TakenIds = Map<string, string>;

/** Looks up what stands on the ledger for an event: one read where it has an own id, none where it is new. */
export async function findKnownEvent(
  state: LedgerState,
  event: Submission,
  head: Head | undefined,
  taken: TakenIds,
): Promise<KnownEvent> {
  const byId = await findById(state, event, taken);
  if (byId || !head || event.core.seq > head.seq) return { byId };
  const record = await findRecord(state, event.core);
  return { hashAtPlace: record && storedEvent(record, event.core.seq)?.hash };
}

async function findById(state: LedgerState, event: Submission, taken: TakenIds): Promise<KnownEvent['byId']> {
  const { event_id: eventId, owner } = event.core;
  if (eventId === undefined) return undefined;
  const takenBy = taken.get(eventId);
  // Another group is another session, and that alone makes another content.
  if (takenBy !== undefined) return { locator: takenBy, same: false, compared: 'content' };
  const alias = await state.alias(owner, eventId);
  if (!alias) return undefined;
  const record = await findRecord(state, alias);
  const stored = record && storedEvent(record, alias.seq);
  if (!stored) throw new Error(`the alias of ${eventId} leads nowhere`);
  const locator = formatLocator(stored.core);
  if (stored.hash === event.hash) return { locator, same: true, compared: 'hash' };
  const openings = await storedOpenings(state, record, alias.seq);
  return { locator, ...compareContent({ core: stored.core, openings }, event) };
}

async function storedOpenings(state: LedgerState, record: RecordDocument, seq: number): Promise<Openings | undefined> {
  if (record.payload === 'none') return {};
  const openings = await state.openings(record);
  return openings?.[seq - record.first_seq];
}

function storedEvent(record: RecordDocument, seq: number) {
  return record.events[seq - record.first_seq];
}

import { LIMITS } from '../../core/index.js';
import type { EventRef, Locator } from '../../core/index.js';
import type { RecordDocument } from '../state/documents.js';
import type { LedgerState } from '../state/ledger-state.js';

/** Sequence numbers: as many as most records have events. A range costs as much to ask for as dozens of its records. */
const FIRST_WINDOW = 32;

/**
 * The record that holds an event: the last one of its session that starts at or before `seq`. A record starts with
 * the event in most cases; else ever larger windows before it are read, up to what one record can hold.
 */
export async function findRecord(state: LedgerState, locator: Locator): Promise<RecordDocument | undefined> {
  const { seq } = locator;
  const exact = await state.record(locator, seq);
  if (exact) return exact;
  const earliest = Math.max(1, seq - LIMITS.eventsPerRecord + 1);
  let before = seq;
  for (let width = FIRST_WINDOW; before > earliest; width *= 2) {
    const from = Math.max(earliest, before - width);
    const last = await state.lastRecord(locator, from, before);
    if (last) return last.last_seq >= seq ? last : undefined;
    before = from;
  }
  return undefined;
}

/**
 * The place that an event id stands for; `undefined` where nobody has used an own id.
 * @param asker owner of an own id that names none.
 */
export async function resolveRef(state: LedgerState, ref: EventRef, asker: string): Promise<Locator | undefined> {
  if (ref.kind === 'locator') return ref.locator;
  const alias = await state.alias(ref.owner ?? asker, ref.eventId);
  return alias && { owner: alias.owner, agent_id: alias.agent_id, session_id: alias.session_id, seq: alias.seq };
}

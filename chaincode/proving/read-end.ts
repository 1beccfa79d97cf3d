import type { SessionRef } from '../../core/index.js';
import type { HeadDocument } from '../state/documents.js';
import type { LedgerState } from '../state/ledger-state.js';

/**
 * The head of a session, and that no record is behind it: what is read names the head's version, and an empty range.
 * A session without events has neither head nor record.
 */
export async function readEnd(state: LedgerState, session: SessionRef): Promise<HeadDocument | undefined> {
  const head = await state.head(session);
  for await (const { first_seq: seq } of state.records(session, (head?.seq ?? 0) + 1)) {
    throw new Error(`there is a record at ${seq}, behind the head`);
  }
  return head;
}

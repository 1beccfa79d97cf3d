import { verifyPresentOpenings } from '../../core/index.js';
import type { EventView, Openings } from '../../core/index.js';
import type { LedgerReader } from '../ledger/audit-ledger.js';

/**
 * What opens an event's commitments, or null where there is nothing (any more).
 * @throws {Error} where the peer answers with anything else: it could be of an event that who asks may not see.
 */
export async function readOpenings(
  ledger: Pick<LedgerReader, 'readPayload'>,
  { locator, core }: EventView,
): Promise<Openings | null> {
  const openings = await ledger.readPayload(locator);
  if (!openings) return null;
  try {
    verifyPresentOpenings(core, openings);
  } catch (cause) {
    throw new Error(`the openings of ${locator} are not its own`, { cause });
  }
  return openings;
}

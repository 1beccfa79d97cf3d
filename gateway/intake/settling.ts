import { AuditError, ERRORS, formatLocator, outcomeOf } from '../../core/index.js';
import type { GroupOutcome, Outcome } from '../../core/index.js';
import { ownText } from '../own-text.js';
import { toPosterError } from './draft.js';
import type { Entry, EventResult, Group } from './entry.js';
import { createReceipt } from './receipt.js';
import type { CommitProof } from './receipt.js';
import type { ReceiptReader } from './receipt-reader.js';

/** How often an event may fail to find its place before its poster is told. */
export const MAX_ATTEMPTS = 10;

/** What a fault is called in `results[]`: `unknown` is safe to repeat unchanged, the others are not worth it. */
export function refusalOf(error: AuditError, locator?: string): EventResult {
  const { retryable, status } = ERRORS[error.code];
  const result = retryable ? 'unknown' : status === 409 ? 'conflict' : 'invalid';
  return { status: result, error, ...(locator !== undefined && { locator }) };
}

/**
 * Hands on what the contract's outcomes decide.
 * @returns the entries that need another try, in their order; their seals are free to change.
 */
export function settleOutcomes(
  { lane, entries }: Group,
  outcomes: GroupOutcome,
  proof: CommitProof,
  receipts: ReceiptReader,
  settle: (entry: Entry, result: EventResult | Promise<EventResult>) => void,
): Entry[] {
  const again: Entry[] = [];
  for (const [index, entry] of entries.entries()) {
    const outcome = outcomeOf(outcomes, index);
    if (!outcome || mayTryAgain(entry, outcome)) again.push(entry);
    else settle(entry, toResult(entry, outcome, proof, receipts));
  }
  const last = entries.at(-1)?.seal;
  const lastOutcome = outcomeOf(outcomes, entries.length - 1);
  lane.head = last && lastOutcome?.status === 'recorded' ? { seq: last.core.seq, hash: ownText(last.hash) } : undefined;
  for (const entry of again) {
    entry.maybeRecorded = false;
    if (again.length === entries.length) entry.attempts++;
  }
  return again;
}

function mayTryAgain(entry: Entry, outcome: Outcome): boolean {
  if (outcome.status !== 'refused' || (entry.attempts >= MAX_ATTEMPTS && !entry.accepted)) return false;
  if (outcome.fault.code === 'GROUP_NOT_RECORDED') return true;
  // Another gateway of the organization wrote the session; an agent's own seal cannot move to another place.
  return outcome.fault.code === 'CHAIN_BROKEN' && entry.draft.kind === 'plain';
}

/** What the contract's outcome means to the poster; receipts of duplicates are read from the ledger. */
export function toResult(
  entry: Entry,
  outcome: Outcome,
  proof: CommitProof,
  receipts: ReceiptReader,
): EventResult | Promise<EventResult> {
  switch (outcome.status) {
    case 'recorded':
      return entry.seal
        ? { status: 'recorded', receipt: createReceipt(entry.seal, proof) }
        : refusalOf(missingReceipt());
    case 'duplicate':
      return readReceipt(entry, outcome.locator, receipts);
    default:
      return refusalOf(
        toPosterError(AuditError.fromFault(outcome.fault), entry.draft),
        'locator' in outcome ? outcome.locator : undefined,
      );
  }
}

/** A duplicate of the entry's own earlier try is what the poster asked for: it was recorded, by that try. */
async function readReceipt(entry: Entry, locator: string, receipts: ReceiptReader): Promise<EventResult> {
  const own = entry.maybeRecorded && entry.seal && formatLocator(entry.seal.core) === locator;
  const receipt = await receipts.byLocator(locator).catch(() => undefined);
  return receipt ? { status: own ? 'recorded' : 'duplicate', receipt } : refusalOf(missingReceipt(), locator);
}

function missingReceipt(): AuditError {
  return new AuditError('LEDGER_UNAVAILABLE', 'The event is on the ledger; its receipt could not be read.');
}

import { AuditError } from '../../core/index.js';
import type { GroupOutcome, RecordAnswer } from '../../core/index.js';
import type { AuditLedger, EndorsedRecording } from '../ledger/audit-ledger.js';
import { delay, turnEnd } from '../delay.js';
import type { Group } from './entry.js';
import type { CommitProof } from './receipt.js';
import { writeBatch } from './write-batch.js';

/** How one try to record groups in one transaction ended. */
export type Attempt =
  /** The contract gave an outcome per event; what it recorded is committed. */
  | { kind: 'answered'; answer: RecordAnswer; proof: CommitProof }
  /** Committed as invalid: nothing was written, most often because another transaction came first (MVCC). */
  | { kind: 'invalidated'; code: string }
  /** The contract refused the whole call. */
  | { kind: 'refused'; error: AuditError }
  /** Nothing was sent to the orderers. */
  | { kind: 'unavailable'; error: AuditError }
  /** Sent, and not found on the ledger since. It may still be committed. */
  | { kind: 'unknown' };

/** Codes of faults that lie with the network rather than with what was sent. */
const NETWORK_CODES = new Set(['LEDGER_UNAVAILABLE', 'ENDORSEMENT_FAILED', 'INTERNAL']);
const LOOKUPS_MS = [0, 100, 300, 1000, 2000];

/** @param journal puts the seals on disk: nothing is submitted before, endorsing goes on meanwhile. */
export async function attemptRecording(
  ledger: AuditLedger,
  groups: readonly Group[],
  { atomic, journal }: { atomic: boolean; journal: () => Promise<void> },
): Promise<Attempt> {
  let recording: EndorsedRecording;
  try {
    const endorsing = ledger.endorseRecording(writeBatch(groups), { atomic });
    const journaled = turnEnd().then(journal);
    // Both are waited for whatever becomes of one: what is being written must not be settled.
    await Promise.allSettled([endorsing, journaled]);
    [recording] = await Promise.all([endorsing, journaled]);
  } catch (error) {
    const fault = error instanceof AuditError ? error : new AuditError('INTERNAL', 'The ledger client failed.');
    return NETWORK_CODES.has(fault.code) ? { kind: 'unavailable', error: fault } : { kind: 'refused', error: fault };
  }
  const { answer, txId } = recording;
  const proof = { txId, blockNumber: 0, recordedAt: answer.recorded_at };
  // Duplicates and refusals are answers of a simulation; there is nothing to order.
  if (!answer.outcomes.some(hasRecorded))
    return { kind: 'answered', answer, proof: { ...proof, endorsedBy: recording.endorsedBy() } };
  const underWay = commitOrLookUp(ledger, recording);
  // Nothing but the receipt depends on it.
  await turnEnd();
  const endorsedBy = recording.endorsedBy();
  const committed = await underWay;
  if (!committed) return { kind: 'unknown' };
  if (committed.code !== 'VALID') return { kind: 'invalidated', code: committed.code };
  return { kind: 'answered', answer, proof: { ...proof, endorsedBy, blockNumber: committed.blockNumber } };
}

function hasRecorded(group: GroupOutcome): boolean {
  return group === 'recorded' || group.some(({ status }) => status === 'recorded');
}

async function commitOrLookUp(ledger: AuditLedger, recording: EndorsedRecording) {
  try {
    return await recording.commit();
  } catch {
    return lookUp(ledger, recording.txId);
  }
}

/** A failed submit may have committed: ask the ledger before anything is sent again. */
async function lookUp(ledger: AuditLedger, txId: string) {
  for (const ms of LOOKUPS_MS) {
    await delay(ms);
    const found = await ledger.findTransaction(txId).catch(() => undefined);
    if (found) return found;
  }
  return undefined;
}

import { AuditError, outcomeOf } from '../../core/index.js';
import type { AuditLedger } from '../ledger/audit-ledger.js';
import type { Attempt } from './attempt.js';
import { backoffMs, delay } from '../delay.js';
import { toPosterError } from './draft.js';
import type { Entry, EventResult, Group } from './entry.js';
import type { SessionLanes } from './lanes.js';
import { rereadHead } from './placing.js';
import type { ReceiptReader } from './receipt-reader.js';
import { MAX_ATTEMPTS, refusalOf, toResult } from './settling.js';
import type { TransactionRunner } from './transaction-runner.js';

export interface BundleParts {
  lanes: SessionLanes;
  runner: Pick<TransactionRunner, 'attempt'>;
  ledger: AuditLedger;
  receipts: ReceiptReader;
  giveUpMs: number;
  stopped: AbortSignal;
  settle: (entry: Entry, result: EventResult | Promise<EventResult>) => void;
}

/** Records entries in one transaction, all or none, while their sessions stand still. Settles every entry. */
export async function recordBundle(entries: readonly Entry[], parts: BundleParts): Promise<void> {
  const groups = await parts.lanes.reserve(entries);
  try {
    await tryUntilSettled(groups, parts);
  } finally {
    for (const { lane } of groups) {
      lane.head = undefined;
      parts.lanes.release(lane);
    }
  }
}

async function tryUntilSettled(groups: Group[], parts: BundleParts): Promise<void> {
  const entries = groups.flatMap((group) => group.entries);
  const patienceMs = Date.now() + parts.giveUpMs;
  for (let tries = 1; !parts.stopped.aborted; tries++) {
    for (const { lane } of groups) lane.head = undefined;
    const attempt = await safely(() => parts.runner.attempt(groups, true));
    const error = await settleOrExplain(groups, attempt, parts);
    if (!error) return;
    if (attempt.kind === 'unknown') for (const entry of entries) entry.maybeRecorded = true;
    const hopeless = tries >= MAX_ATTEMPTS || Date.now() > patienceMs;
    if (hopeless && !entries.some((entry) => entry.maybeRecorded || entry.accepted)) {
      for (const entry of entries) parts.settle(entry, refusalOf(error));
      return;
    }
    await delay(backoffMs(tries));
  }
}

/** @returns why another try is needed; nothing where all entries are settled. */
async function settleOrExplain(groups: Group[], attempt: Attempt, parts: BundleParts): Promise<AuditError | undefined> {
  switch (attempt.kind) {
    case 'answered':
      for (const [index, { entries }] of groups.entries()) {
        for (const [position, entry] of entries.entries()) {
          const outcome = outcomeOf(attempt.answer.outcomes[index], position);
          if (outcome) parts.settle(entry, toResult(entry, outcome, attempt.proof, parts.receipts));
        }
      }
      return undefined;
    case 'refused':
      if (await canMove(groups, attempt.error, parts)) return attempt.error;
      refuseAll(groups, attempt.error, parts);
      return undefined;
    case 'invalidated':
      return new AuditError('ENDORSEMENT_FAILED', `The transaction was committed as invalid: ${attempt.code}.`);
    case 'unknown':
      return new AuditError('OUTCOME_UNKNOWN', 'The transaction has not been seen on the ledger yet.');
    case 'unavailable':
      return attempt.error;
  }
}

const PLACE_IN_BATCH = /^\/groups\/(\d+)\/events\/(\d+)/;

/** Every event of the call gets the fault, which points at the one that has it. */
function refuseAll(groups: Group[], error: AuditError, parts: BundleParts): void {
  const [place = '', group, event] = PLACE_IN_BATCH.exec(error.errors[0]?.pointer ?? '') ?? [];
  const guilty = groups[Number(group)]?.entries[Number(event)];
  const inEvent = error.errors.map(({ pointer, detail }) => ({ pointer: pointer.slice(place.length), detail }));
  const explained = guilty ? toPosterError(new AuditError(error.code, error.message, inEvent), guilty.draft) : error;
  for (const entry of groups.flatMap(({ entries }) => entries)) parts.settle(entry, refusalOf(explained));
}

/** Whether the events could stand elsewhere: another gateway wrote one of the sessions in the meantime. */
async function canMove(groups: Group[], error: AuditError, { ledger }: BundleParts): Promise<boolean> {
  const entries = groups.flatMap((group) => group.entries);
  if (error.code !== 'CHAIN_BROKEN' || entries.some((entry) => entry.draft.kind === 'sealed')) return false;
  // A head that cannot be read moves nothing: the next try asks again.
  const heads = await Promise.all(groups.map(({ lane }) => rereadHead(ledger, lane).catch(() => 0)));
  const taken = groups.some(
    ({ entries: [first] }, index) => (heads[index] ?? 0) >= (first?.seal?.core.seq ?? Infinity),
  );
  if (taken) for (const entry of entries) entry.maybeRecorded = false;
  return true;
}

async function safely(attempt: () => Promise<Attempt>): Promise<Attempt> {
  try {
    return await attempt();
  } catch (error) {
    const fault = error instanceof AuditError ? error : new AuditError('INTERNAL', 'The events could not be sent.');
    return { kind: 'unavailable', error: fault };
  }
}

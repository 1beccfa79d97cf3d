import { AuditError } from '../../core/index.js';
import type { GroupOutcome } from '../../core/index.js';
import type { AuditLedger } from '../ledger/audit-ledger.js';
import { attemptRecording } from './attempt.js';
import type { Attempt } from './attempt.js';
import { backoffMs } from '../delay.js';
import type { Entry, EventResult, Group } from './entry.js';
import type { Journal } from './journal.js';
import { placeEntries, rereadHead } from './placing.js';
import type { RecordingHealth } from './recording-health.js';
import type { ReceiptReader } from './receipt-reader.js';
import { MAX_ATTEMPTS, refusalOf, settleOutcomes } from './settling.js';

export interface RunnerParts {
  ledger: AuditLedger;
  journal: Journal;
  receipts: ReceiptReader;
  observer: TransactionObserver;
  health: RecordingHealth;
  /** How long an event that was never sent may wait for a ledger that cannot be reached. */
  giveUpMs: number;
  /** Aborted when the gateway closes: no more tries. */
  stopped: AbortSignal;
  settle: (entry: Entry, result: EventResult | Promise<EventResult>) => void;
}

export interface TransactionObserver {
  transactionStarted(events: number): void;
  transactionEnded(kind: Attempt['kind']): void;
}

/** Tries that failed for a reason other than an unreachable ledger, before sessions travel alone. */
const CAUTIOUS_AFTER = 3;

/** As long as after so many tries a peer that is behind is given before it is asked again. */
const UNTIL_PEER_CATCHES_UP = 3;

type Answered = Extract<Attempt, { kind: 'answered' }>;

/** Carries groups of entries through one transaction; what is not settled by it goes back to the front of its lane. */
export class TransactionRunner {
  readonly #parts: RunnerParts;

  constructor(parts: RunnerParts) {
    this.#parts = parts;
  }

  /**
   * Never rejects.
   * @returns milliseconds for which the lanes are to be left alone.
   */
  async run(groups: Group[]): Promise<number> {
    try {
      return await this.#conclude(groups, await this.attempt(groups, false));
    } catch (error) {
      const fault = error instanceof AuditError ? error : new AuditError('INTERNAL', 'The event could not be sent.');
      return this.#tryLater(groups, fault);
    }
  }

  /** Places, seals and journals the entries, then sends them once. */
  attempt(groups: readonly Group[], atomic: boolean): Promise<Attempt> {
    return this.#parts.health.observe(() => this.#attempt(groups, atomic));
  }

  async #attempt(groups: readonly Group[], atomic: boolean): Promise<Attempt> {
    const { ledger, journal, observer } = this.#parts;
    const fresh = await placeEntries(ledger, groups);
    observer.transactionStarted(groups.reduce((sum, group) => sum + group.entries.length, 0));
    const attempt = await attemptRecording(ledger, groups, {
      atomic,
      journal: () => (fresh.length > 0 ? journal.append(fresh) : Promise.resolve()),
    });
    observer.transactionEnded(attempt.kind);
    return attempt;
  }

  async #conclude(groups: Group[], attempt: Attempt): Promise<number> {
    switch (attempt.kind) {
      case 'answered':
        return this.#settleGroups(groups, attempt);
      case 'refused':
        this.#isolate(groups, attempt.error);
        return 0;
      case 'invalidated':
        for (const { lane } of groups) lane.caution = 'alone';
        return this.#tryLater(groups, invalidated(attempt.code));
      case 'unknown':
        for (const entry of entriesOf(groups)) entry.maybeRecorded = true;
        return this.#tryLater(
          groups,
          new AuditError('OUTCOME_UNKNOWN', 'The transaction has not been seen on the ledger yet.'),
        );
      case 'unavailable':
        return this.#tryLater(groups, attempt.error);
    }
  }

  async #settleGroups(groups: Group[], { answer, proof }: Answered): Promise<number> {
    const { receipts, settle } = this.#parts;
    let attempts = 0;
    for (const [index, group] of groups.entries()) {
      const { lane, entries } = group;
      const outcomes = answer.outcomes[index] ?? [];
      if (await this.#mayStillCommit(group, outcomes)) {
        lane.pending.unshift(...entries);
        attempts = Math.max(attempts, UNTIL_PEER_CATCHES_UP);
        continue;
      }
      const again = settleOutcomes(group, outcomes, proof, receipts, settle);
      lane.caution = 'none';
      lane.pending.unshift(...again);
      for (const entry of again) attempts = Math.max(attempts, entry.attempts);
    }
    return attempts > 0 ? backoffMs(attempts) : 0;
  }

  /**
   * Whether an earlier transaction with the same seals could still be committed: the peer that answered is behind the
   * place they claim. Only when another event stands there, their own transaction is void.
   */
  async #mayStillCommit({ lane, entries }: Group, outcomes: GroupOutcome): Promise<boolean> {
    if (outcomes === 'recorded') return false;
    const broken = outcomes.some((outcome) => outcome.status === 'refused' && outcome.fault.code === 'CHAIN_BROKEN');
    const [first] = entries;
    if (!broken || !first?.maybeRecorded || !first.seal) return false;
    // Where nobody can say, it could: what is recorded beside it is settled all the same.
    const head = await rereadHead(this.#parts.ledger, lane).catch(() => 0);
    return head < first.seal.core.seq;
  }

  /** The contract refused a call as a whole: find the event that it means by sending fewer at a time. */
  #isolate(groups: Group[], error: AuditError): void {
    const count = entriesOf(groups).length;
    for (const { lane, entries } of groups) {
      lane.head = undefined;
      if (count === 1) {
        lane.caution = 'none';
        for (const entry of entries) this.#parts.settle(entry, refusalOf(error));
        continue;
      }
      lane.caution = groups.length === 1 ? 'one-by-one' : 'alone';
      lane.pending.unshift(...entries);
    }
  }

  /** Back into the lane, except what was neither sent nor promised and has waited or failed too long. */
  #tryLater(groups: Group[], error: AuditError): number {
    const patience = Date.now() - this.#parts.giveUpMs;
    const isTheirs = error.code !== 'LEDGER_UNAVAILABLE';
    const hopeless = (entry: Entry) =>
      !(entry.maybeRecorded || entry.accepted) &&
      (entry.enqueuedAtMs < patience || (entry.attempts >= MAX_ATTEMPTS && isTheirs));
    let attempts = 0;
    for (const { lane, entries } of groups) {
      lane.head = undefined;
      for (const entry of entries) attempts = Math.max(attempts, ++entry.attempts);
      lane.pending.unshift(...entries.filter((entry) => !hopeless(entry)));
      for (const entry of entries.filter(hopeless)) this.#parts.settle(entry, refusalOf(error));
    }
    // One of them may be the reason: the others are not to fail with it again and again.
    if (isTheirs && attempts >= CAUTIOUS_AFTER) for (const { lane } of groups) lane.caution = 'alone';
    return backoffMs(attempts);
  }
}

function entriesOf(groups: readonly Group[]): Entry[] {
  return groups.flatMap((group) => group.entries);
}

function invalidated(code: string): AuditError {
  return new AuditError('ENDORSEMENT_FAILED', `The transaction was committed as invalid: ${code}.`);
}

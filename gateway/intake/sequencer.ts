import type { Backlog } from './backlog.js';
import { recordBundle } from './bundle.js';
import { backoffMs, delay } from '../delay.js';
import type { Entry, EventResult, Group } from './entry.js';
import { SessionLanes } from './lanes.js';
import type { GroupLimits } from './lanes.js';
import { TransactionRunner } from './transaction-runner.js';
import type { RunnerParts, TransactionObserver } from './transaction-runner.js';

export interface SequencerOptions extends GroupLimits {
  transactionsInFlight: number;
  /** How many events must wait, at least, before a transaction is sent beside one that is in flight. */
  eventsToOverlap: number;
  giveUpMs: number;
}

/** What is less travels together: a transaction costs as much as dozens of events. */
const WORTH_SPLITTING = 64;

export interface IntakeObserver extends TransactionObserver {
  queueChanged(events: number): void;
  settled(status: EventResult['status']): void;
}

/**
 * Puts events in the order of their sessions' chains and groups what waits into transactions: one in flight per
 * session, several at once for disjoint sessions. What arrives while they are in flight travels together next; when
 * nothing is in flight nobody waits.
 */
export class Sequencer {
  readonly #lanes = new SessionLanes();
  readonly #backlog: Backlog;
  readonly #parts: RunnerParts;
  readonly #runner: TransactionRunner;
  readonly #options: SequencerOptions;
  readonly #observer: IntakeObserver;
  readonly #stop = new AbortController();
  #running = 0;
  #eventsInFlight = 0;
  #pumpScheduled = false;

  constructor(
    parts: Omit<RunnerParts, 'settle' | 'giveUpMs' | 'stopped'> & { observer: IntakeObserver; backlog: Backlog },
    options: SequencerOptions,
  ) {
    this.#observer = parts.observer;
    this.#backlog = parts.backlog;
    this.#options = options;
    this.#parts = {
      ...parts,
      giveUpMs: options.giveUpMs,
      stopped: this.#stop.signal,
      settle: (entry, result) => void this.#settle(entry, result),
    };
    this.#runner = new TransactionRunner(this.#parts);
  }

  enqueue(entries: readonly Entry[]): void {
    this.#observer.queueChanged(this.#backlog.events);
    for (const entry of entries) this.#lanes.push(entry);
    this.#schedulePump();
  }

  /** Records the entries in one transaction, all or none; each is settled as the others are. */
  async enqueueBundle(entries: readonly Entry[]): Promise<void> {
    this.#observer.queueChanged(this.#backlog.events);
    try {
      await recordBundle(entries, { ...this.#parts, lanes: this.#lanes, runner: this.#runner });
    } finally {
      this.#schedulePump();
    }
  }

  /** Nothing is sent any more; what is journaled and not settled goes on at the next start. */
  stop(): void {
    this.#stop.abort();
  }

  async #settle(entry: Entry, result: EventResult | Promise<EventResult>): Promise<void> {
    const settled = await result;
    if (entry.accepted && settled.status === 'unknown') {
      // It is on the ledger and its receipt could not be read: the contract will say so again.
      await delay(backoffMs(++entry.attempts));
      this.#lanes.push(entry);
      this.#schedulePump();
      return;
    }
    this.#parts.journal.settle(entry, settled);
    this.#backlog.release(entry);
    this.#observer.queueChanged(this.#backlog.events);
    this.#observer.settled(settled.status);
    entry.settle(settled);
  }

  /** At the end of the turn, so that requests that came in together travel together. */
  #schedulePump(): void {
    if (this.#pumpScheduled) return;
    this.#pumpScheduled = true;
    setImmediate(() => {
      this.#pumpScheduled = false;
      this.#pump();
    });
  }

  #pump(): void {
    while (!this.#stop.signal.aborted && this.#lanes.hasReady && this.#mayStart()) {
      void this.#carry(this.#lanes.take(this.#options, Math.max(this.#fullLoad, WORTH_SPLITTING)));
    }
  }

  /** Beside others only with a full load: every transaction has a price of its own. */
  #mayStart(): boolean {
    if (this.#running === 0) return true;
    const waiting = this.#backlog.events - this.#eventsInFlight;
    return this.#running < this.#options.transactionsInFlight && waiting >= this.#fullLoad;
  }

  /**
   * What there is, spread over as many transactions as may be in flight: while some are endorsed, others can be
   * committed and answered.
   */
  get #fullLoad(): number {
    const { transactionsInFlight, eventsToOverlap } = this.#options;
    return Math.max(eventsToOverlap, Math.ceil(this.#backlog.events / transactionsInFlight));
  }

  /** While lanes are left alone after a failure, others can go. */
  async #carry(groups: Group[]): Promise<void> {
    const events = groups.reduce((sum, { entries }) => sum + entries.length, 0);
    this.#running++;
    this.#eventsInFlight += events;
    const pauseMs = await this.#runner.run(groups);
    this.#running--;
    this.#eventsInFlight -= events;
    this.#schedulePump();
    if (pauseMs > 0) await delay(pauseMs);
    for (const { lane } of groups) this.#lanes.release(lane);
    this.#schedulePump();
  }
}

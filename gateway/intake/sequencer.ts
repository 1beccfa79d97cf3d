import type { Entry, EventResult } from './entry.js';
import { SessionLanes } from './lanes.js';
import type { GroupLimits } from './lanes.js';
import { recordBundle } from './bundle.js';
import { TransactionRunner } from './transaction-runner.js';
import type { RunnerParts, TransactionObserver } from './transaction-runner.js';

export interface SequencerOptions extends GroupLimits {
  transactionsInFlight: number;
  giveUpMs: number;
}

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
  readonly #parts: RunnerParts;
  readonly #runner: TransactionRunner;
  readonly #options: SequencerOptions;
  readonly #observer: IntakeObserver;
  readonly #idleWaiters: (() => void)[] = [];
  readonly #stop = new AbortController();
  #running = 0;
  #events = 0;
  #bytes = 0;
  #pumpScheduled = false;

  constructor(
    parts: Omit<RunnerParts, 'settle' | 'giveUpMs' | 'stopped'> & { observer: IntakeObserver },
    options: SequencerOptions,
  ) {
    this.#observer = parts.observer;
    this.#options = options;
    this.#parts = {
      ...parts,
      giveUpMs: options.giveUpMs,
      stopped: this.#stop.signal,
      settle: (entry, result) => void this.#settle(entry, result),
    };
    this.#runner = new TransactionRunner(this.#parts);
  }

  /** What is accepted and not settled. */
  get backlog(): { events: number; bytes: number } {
    return { events: this.#events, bytes: this.#bytes };
  }

  enqueue(entries: readonly Entry[]): void {
    this.#accept(entries);
    for (const entry of entries) this.#lanes.push(entry);
    this.#schedulePump();
  }

  /** Records the entries in one transaction, all or none; each is settled as the others are. */
  async enqueueBundle(entries: readonly Entry[]): Promise<void> {
    this.#accept(entries);
    try {
      await recordBundle(entries, { ...this.#parts, lanes: this.#lanes, runner: this.#runner });
    } finally {
      this.#schedulePump();
    }
  }

  /** Resolves when everything that was accepted is settled. */
  async idle(): Promise<void> {
    if (this.#events > 0) await new Promise<void>((resolve) => this.#idleWaiters.push(resolve));
  }

  /** Nothing is sent any more; what is journaled and not settled goes on at the next start. */
  stop(): void {
    this.#stop.abort();
  }

  #accept(entries: readonly Entry[]): void {
    this.#events += entries.length;
    for (const entry of entries) this.#bytes += entry.draft.bytes;
    this.#observer.queueChanged(this.#events);
  }

  async #settle(entry: Entry, result: EventResult | Promise<EventResult>): Promise<void> {
    const settled = await result;
    this.#parts.journal.settle(entry, settled);
    this.#events--;
    this.#bytes -= entry.draft.bytes;
    this.#observer.queueChanged(this.#events);
    this.#observer.settled(settled.status);
    entry.settle(settled);
    if (this.#events === 0) for (const wake of this.#idleWaiters.splice(0)) wake();
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
    while (!this.#stop.signal.aborted && this.#running < this.#options.transactionsInFlight && this.#lanes.hasReady) {
      const groups = this.#lanes.take(this.#options);
      this.#running++;
      void this.#runner.run(groups).then(() => {
        this.#running--;
        for (const { lane } of groups) this.#lanes.release(lane);
        this.#schedulePump();
      });
    }
  }
}

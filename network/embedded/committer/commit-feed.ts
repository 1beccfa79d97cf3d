import type { CommittedBlock, Ledger, TransactionPosition } from '../ledger/types.js';
import { deferred, type Deferred } from '../deferred.js';

/** Whoever waited is told that there will be no more commits. */
export class FeedClosedError extends Error {
  override readonly name = 'FeedClosedError';
}

/** Tells those who wait for a block or a transaction when it is committed. */
export class CommitFeed {
  readonly #transactions = new Map<string, Set<Deferred<TransactionPosition>>>();
  readonly #blocks = new Set<Deferred<void>>();
  /** Whoever follows the chain asks for this one, which need not be read from the disk again for each of them. */
  #newest: CommittedBlock | undefined;
  #closed: FeedClosedError | undefined;

  constructor(readonly ledger: Ledger) {}

  /** Where the transaction stands once it is committed, which may be at once. */
  async transaction(txId: string, signal: AbortSignal): Promise<TransactionPosition> {
    const committed = this.ledger.transaction(txId);
    if (committed) return committed;
    const waiters = this.#transactions.get(txId) ?? new Set();
    this.#transactions.set(txId, waiters);
    try {
      return await this.#wait(waiters, signal);
    } finally {
      if (waiters.size === 0 && this.#transactions.get(txId) === waiters) this.#transactions.delete(txId);
    }
  }

  /** The block, once it is committed. */
  async block(blockNum: bigint, signal: AbortSignal): Promise<CommittedBlock> {
    for (;;) {
      const block = this.#newest?.blockNum === blockNum ? this.#newest : this.ledger.blockByNumber(blockNum);
      if (block) return block;
      await this.#wait(this.#blocks, signal);
    }
  }

  publish(block: CommittedBlock): void {
    this.#newest = block;
    const { blockNum, txIds, codes } = block;
    for (const [txNum, txId] of txIds.entries()) {
      const code = codes[txNum];
      const waiters = this.#transactions.get(txId);
      if (!waiters || code === undefined) continue;
      for (const { resolve } of waiters) resolve({ blockNum, txNum, code });
    }
    // Behind what is sent now to those who wait for a transaction.
    setImmediate(() => {
      for (const { resolve } of this.#blocks) resolve();
    });
  }

  /** Everyone who still waits fails with the reason. */
  close(reason: string): void {
    this.#closed = new FeedClosedError(reason);
    for (const waiters of [this.#blocks, ...this.#transactions.values()]) {
      for (const { reject } of waiters) reject(this.#closed);
    }
  }

  async #wait<Value>(waiters: Set<Deferred<Value>>, signal: AbortSignal): Promise<Value> {
    if (this.#closed) throw this.#closed;
    signal.throwIfAborted();
    const waiter = deferred<Value>();
    const abort = (): void => waiter.reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
    waiters.add(waiter);
    signal.addEventListener('abort', abort, { once: true });
    try {
      return await waiter.promise;
    } finally {
      waiters.delete(waiter);
      signal.removeEventListener('abort', abort);
    }
  }
}

import { setTimeout } from 'node:timers/promises';

export function delay(ms: number): Promise<void> {
  return setTimeout(ms, undefined, { ref: false });
}

/**
 * Resolves when this turn of the event loop is over, and with it what it sends is on its way: work that nobody waits for
 * is done while others have theirs.
 */
export function turnEnd(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Milliseconds before the n-th retry (from 1): doubling, with a random part so that two gateways do not stay in step. */
export function backoffMs(attempt: number): number {
  return Math.min(5000, 25 * 2 ** attempt) * (0.5 + Math.random() / 2);
}

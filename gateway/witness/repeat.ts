import type { Logger } from 'pino';
import { delay } from '../delay.js';

const PATIENCE_MS = 1000;

/** Waits for what is ending, but not for a peer that is gone: what comes after that finds everything closed. */
export async function wait(ending: Promise<void> | undefined): Promise<void> {
  await Promise.race([ending, delay(PATIENCE_MS)]);
}

/**
 * Does something again and again, first after one interval or after `firstMs`; what fails is logged, and tried again with the next one.
 * @param intervalMs 0: never.
 * @returns what ends it.
 */
export function repeat(
  intervalMs: number,
  logger: Logger,
  work: (signal: AbortSignal) => Promise<void>,
  firstMs = intervalMs,
): () => Promise<void> {
  if (intervalMs === 0) return () => Promise.resolve();
  const ending = new AbortController();
  let running: Promise<void> | undefined;
  const turn = () => {
    running ??= work(ending.signal)
      .catch((error: unknown) => {
        if (!ending.signal.aborted)
          logger.warn({ err: error }, 'what a witness does in turns failed, and is tried again');
      })
      .finally(() => {
        running = undefined;
      });
  };
  const timers = [setTimeout(turn, firstMs), setInterval(turn, intervalMs)];
  for (const timer of timers) timer.unref();
  return async () => {
    for (const timer of timers) clearInterval(timer);
    ending.abort();
    await wait(running);
  };
}

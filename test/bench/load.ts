import { performance } from 'node:perf_hooks';

/** What a number of callers got done, each with one request under way at a time. */
export interface Load {
  requests: number;
  seconds: number;
  /** Milliseconds. */
  p50: number;
  p99: number;
}

/** Runs the callers for a time; requests that are under way at its end are waited for and counted. */
export async function runLoad(callers: number, seconds: number, call: () => Promise<void>): Promise<Load> {
  const started = performance.now();
  const end = started + seconds * 1000;
  const latencies: number[] = [];
  const caller = async (): Promise<void> => {
    while (performance.now() < end) {
      const sent = performance.now();
      await call();
      latencies.push(performance.now() - sent);
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  const elapsed = (performance.now() - started) / 1000;
  latencies.sort((a, b) => a - b);
  return {
    requests: latencies.length,
    seconds: elapsed,
    p50: quantile(latencies, 0.5),
    p99: quantile(latencies, 0.99),
  };
}

/** @param sorted ascending */
export function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
}

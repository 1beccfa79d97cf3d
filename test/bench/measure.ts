import { performance } from 'node:perf_hooks';
import type { WriteCase } from './cases.js';
import { quantile, runLoad } from './load.js';
import { cpuMs } from './processes.js';
import type { Proof, ReadName, System } from './systems/system.js';
import { newPost, openingPosts } from './workload.js';
import type { Seed, SeedPlace, Shape } from './workload.js';

/** One run of one case. Times are in milliseconds. */
export interface WriteRun {
  eventsPerSecond: number;
  p50: number;
  p99: number;
  /** CPU of the system's own processes for one event. */
  cpuMsPerEvent: number;
  diskBytesPerEvent: number;
}

/** Minimum, median and maximum over the runs. */
export type Spread = [min: number, median: number, max: number];
export type WriteFigures = Record<keyof WriteRun, Spread>;

export interface ReadFigures {
  p50: number;
  p99: number;
  /** Events found by one read, on average. */
  found: number;
}

/** @param warmUp seconds before anything counts */
export async function measureWrites(
  system: System,
  which: WriteCase,
  seconds: number,
  warmUp: number,
): Promise<WriteRun> {
  const post = (): Promise<void> => system.write(newPost(which, which.batch));
  await runLoad(which.callers, warmUp, post);
  const disk = system.diskBytes();
  const cpu = cpuOf(system);
  const load = await runLoad(which.callers, seconds, post);
  const cpuUsed = cpuOf(system) - cpu;
  const events = load.requests * which.batch;
  return {
    eventsPerSecond: events / load.seconds,
    p50: load.p50,
    p99: load.p99,
    cpuMsPerEvent: cpuUsed / events,
    diskBytesPerEvent: (system.diskBytes() - disk) / events,
  };
}

function cpuOf(system: System): number {
  return cpuMs(system.pids.length > 0 ? system.pids : [process.pid]);
}

export function spreadOf(all: readonly WriteRun[]): WriteFigures {
  const spread = (key: keyof WriteRun): Spread => {
    const values = all.map((run) => run[key]).sort((a, b) => a - b);
    return [values[0] ?? NaN, quantile(values, 0.5), values.at(-1) ?? NaN];
  };
  return {
    eventsPerSecond: spread('eventsPerSecond'),
    p50: spread('p50'),
    p99: spread('p99'),
    cpuMsPerEvent: spread('cpuMsPerEvent'),
    diskBytesPerEvent: spread('diskBytesPerEvent'),
  };
}

/** Begins the sessions that writers of this shape go on with. */
export async function openSessions(system: System, shape: Shape): Promise<void> {
  for (const post of openingPosts(shape)) await system.write(post);
}

/** Writes the seed until there are so many events. @returns events a second */
export async function writeSeed(system: System, seed: Seed, events: number): Promise<number> {
  const started = performance.now();
  const missing = events - seed.events;
  const posts = seed.postsUntil(events);
  const writer = async (): Promise<void> => {
    for (const post of posts) await system.write(post);
  };
  await Promise.all(Array.from({ length: 4 }, writer));
  return (missing * 1000) / (performance.now() - started);
}

/** Medians of so many proofs, of events chosen at random. */
export async function measureProofs(
  prove: (place: SeedPlace) => Promise<Proof>,
  seed: Seed,
  count: number,
): Promise<Proof> {
  const proofs: Proof[] = [];
  for (let done = 0; done < count; done++) proofs.push(await prove(seed.pick()));
  const median = (key: keyof Proof): number =>
    quantile(
      proofs.map((proof) => proof[key]).sort((a, b) => a - b),
      0.5,
    );
  return { bytes: median('bytes'), fetchMs: median('fetchMs'), verifyMs: median('verifyMs') };
}

/**
 * Reads one after the other, of places chosen at random.
 * @param warmUp seconds before anything counts
 */
export async function measureReads(
  system: System,
  name: ReadName,
  seed: Seed,
  seconds: number,
  warmUp: number,
): Promise<ReadFigures> {
  let found = 0;
  const read = async (): Promise<void> => {
    const count = await system.reads[name](seed.pick());
    if (count === 0) throw new Error(`${system.name} found nothing ${name}`);
    found += count;
  };
  await runLoad(1, warmUp, read);
  found = 0;
  const load = await runLoad(1, seconds, read);
  return { p50: load.p50, p99: load.p99, found: found / load.requests };
}

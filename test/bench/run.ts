import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { describeCase, writeCases } from './cases.js';
import type { WriteCase } from './cases.js';
import { measureCeiling } from './ceiling.js';
import { thisMachine } from './machine.js';
import { measureProofs, measureReads, measureWrites, openSessions, spreadOf, writeSeed } from './measure.js';
import type { WriteFigures, WriteRun } from './measure.js';
import { USAGE, readOptions } from './options.js';
import type { Options, SystemName } from './options.js';
import { memoryBytes } from './processes.js';
import { render } from './report.js';
import type { Measured, Report, SizeResult, SystemResult } from './report.js';
import { Postgres } from './systems/postgres.js';
import { Product } from './systems/product.js';
import { Sqlite } from './systems/sqlite.js';
import { READ_NAMES, Unavailable } from './systems/system.js';
import type { System } from './systems/system.js';
import { UsageError } from '../../scripts/usage-error.js';
import { MANY_SESSIONS, Seed } from './workload.js';

/** `npm run bench`: the product beside what else keeps audit events, in one run on one machine. It judges nothing. */

interface Contestant {
  system: System;
  result: SystemResult;
}

const READ_SECONDS = 0.3;
/** What is appended at each number of events, to see whether it costs more than at the one before. */
const APPEND: WriteCase = { callers: 8, batch: 100, sessions: MANY_SESSIONS, ownIds: false };
const PROOFS = 15;
const say = (line: string): void => void process.stderr.write(`${line}\n`);

async function bench(options: Options, folder: string): Promise<Report> {
  const ceiling = [];
  for (const callers of [32, 256]) ceiling.push(await measureCeiling(callers, Math.min(options.seconds, 1)));
  const results: SystemResult[] = [];
  const contestants: Contestant[] = [];
  try {
    for (const name of options.only) {
      const contestant = await enter(name, options, path.join(folder, name), results);
      if (!contestant) continue;
      contestants.push(contestant);
      await measureStanding(contestant, options);
    }
    await measureAllWrites(contestants, options);
    for (const { system, result } of contestants) {
      if (system.pids.length > 0) result.memoryBytes = memoryBytes(system.pids);
    }
  } finally {
    for (const { system } of contestants) await system.stop();
  }
  const { runs, seconds: secondsPerRun } = options;
  return { machine: thisMachine(), runs, secondsPerRun, ceiling, systems: results };
}

/** Starts one system; where it cannot run here, only its result says so. */
async function enter(
  name: SystemName,
  options: Options,
  dataDir: string,
  results: SystemResult[],
): Promise<Contestant | undefined> {
  const result: SystemResult = { name, about: '', startMs: [], sizes: [], writes: [] };
  results.push(result);
  say(`${name}: starting`);
  try {
    const system = create(name, options, dataDir);
    result.about = system.about;
    result.startMs.push(await timed(() => system.start()));
    if (system instanceof Product) {
      await system.stop();
      result.startMs.push(await timed(() => system.start()));
    }
    return { system, result };
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    result.unavailable = error.message;
    return undefined;
  }
}

function create(name: SystemName, options: Options, dataDir: string): System {
  switch (name) {
    case 'product':
    case 'native':
    case 'native-couchdb':
      return new Product(name, dataDir, options.profileDir);
    case 'postgresql':
      return new Postgres(dataDir, 'table');
    case 'postgresql-sessions':
      return new Postgres(dataDir, 'session');
    case 'sqlite':
      return new Sqlite(dataDir);
  }
}

/** What depends on how much is there: filling it, reading from it, adding to it, proving one event. */
async function measureStanding({ system, result }: Contestant, options: Options): Promise<void> {
  const seed = new Seed();
  for (const events of options.events) {
    say(`${system.name}: filling up to ${events} events and reading them`);
    const disk = system.diskBytes();
    const missing = events - seed.events;
    const filledPerSecond = await writeSeed(system, seed, events);
    const diskBytesPerEvent = (system.diskBytes() - disk) / missing;
    await system.rest?.();
    const size: SizeResult = { events, filledPerSecond, diskBytesPerEvent, reads: {} };
    for (const name of READ_NAMES) {
      size.reads[name] = await orFailed(() => measureReads(system, name, seed, READ_SECONDS, options.seconds / 2));
    }
    size.append = await orFailed(() => measureWrites(system, APPEND, options.seconds, options.seconds / 2));
    if (system.pids.length > 0) size.memoryBytes = memoryBytes(system.pids);
    result.sizes.push(size);
  }
  const prove = system.prove?.bind(system);
  if (prove) result.proof = await orFailed(() => measureProofs(prove, seed, PROOFS));
}

/** The systems take turns in each case, so that what else the machine does meets all of them. */
async function measureAllWrites(contestants: readonly Contestant[], options: Options): Promise<void> {
  for (const which of writeCases(options.quick, options.callers)) {
    say(`writing: ${describeCase(which)}`);
    const all = contestants.map(({ system, result }) => ({ system, result, runs: [] as Measured<WriteRun>[] }));
    for (const { system } of all) await openSessions(system, which);
    for (let turn = 0; turn < options.runs; turn++) {
      for (const { system, runs } of all) {
        const warmUp = options.seconds / (turn === 0 ? 2 : 10);
        runs.push(await orFailed(() => measureWrites(system, which, options.seconds, warmUp)));
      }
    }
    for (const { result, runs } of all) result.writes.push({ case: which, figures: summarize(runs) });
  }
}

/** One failure spoils a case: what is left of it would not be comparable. */
function summarize(runs: readonly Measured<WriteRun>[]): Measured<WriteFigures> {
  const good: WriteRun[] = [];
  for (const run of runs) {
    if ('failed' in run) return run;
    good.push(run);
  }
  return spreadOf(good);
}

async function orFailed<Figures>(measure: () => Promise<Figures>): Promise<Measured<Figures>> {
  try {
    return await measure();
  } catch (error) {
    return { failed: error instanceof Error ? error.message : String(error) };
  }
}

async function timed(work: () => Promise<void>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

/** As in BSD's sysexits. */
const EXIT_USAGE = 64;

async function run(args: string[]): Promise<void> {
  const options = readOptions(args);
  const folder = mkdtempSync(path.join(options.dir, 'audit-bench-'));
  chmodSync(folder, 0o711); // PostgreSQL runs as another user, in a folder of its own in there.
  try {
    const report = await bench(options, folder);
    process.stdout.write(options.json ? `${JSON.stringify(report, null, 2)}\n` : render(report));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const args = process.argv.slice(2);
try {
  if (args.includes('--help')) process.stdout.write(USAGE);
  else await run(args);
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = EXIT_USAGE;
}

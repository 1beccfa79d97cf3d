import { mkdtempSync, rmSync } from 'node:fs';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { folderBytes, memoryBytes } from '../bench/processes.js';
import { readOptions, USAGE } from './options.js';
import type { Options } from './options.js';
import { soak } from './soak.js';

/** `npm run soak`: many agents for a long time, or through many crashes; what becomes of memory, latency and disk. */

const MEGABYTE = 1_048_576;

async function run({ every, dir, ...plan }: Options): Promise<void> {
  const dataDir = mkdtempSync(path.join(dir, 'audit-soak-'));
  let reportedAt = performance.now();
  let next = every;
  say('    events  events/s  p50 ms  p99 ms  memory MB  disk MB  turned away');
  try {
    const found = await soak(plan, dataDir, (progress, product) => {
      if (progress.posted < next) return;
      next += every;
      const now = performance.now();
      const sorted = Float64Array.from(progress.latenciesMs.splice(0)).sort();
      const at = (share: number) => sorted[Math.floor(sorted.length * share)]?.toFixed(0) ?? '-';
      // What is killed now and then has no memory to speak of.
      const memory =
        product.pid === undefined || plan.kills > 0 ? '-' : (memoryBytes([product.pid]) / MEGABYTE).toFixed(0);
      const cells: [string | number, number][] = [
        [progress.posted, 10],
        [((every / (now - reportedAt)) * 1000).toFixed(0), 10],
        [at(0.5), 8],
        [at(0.99), 8],
        [memory, 11],
        [(folderBytes(dataDir) / MEGABYTE).toFixed(0), 9],
        [progress.turnedAway, 13],
      ];
      say(cells.map(([text, width]) => String(text).padStart(width)).join(''));
      reportedAt = now;
    });
    say(`${found.acknowledged} acknowledged events are on the ledger, each once, in the order of its session.`);
    say(
      `${found.unsureThere + found.unsureMissing} posts had no answer: ${found.unsureThere} of their events are there, once.`,
    );
    say('The whole ledger was verified.');
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

const args = process.argv.slice(2);
if (args.includes('--help')) say(USAGE);
else await run(readOptions(args));

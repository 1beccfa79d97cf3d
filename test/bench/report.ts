import { describeCase } from './cases.js';
import type { WriteCase } from './cases.js';
import type { Ceiling } from './ceiling.js';
import type { Machine } from './machine.js';
import type { ReadFigures, Spread, WriteFigures, WriteRun } from './measure.js';
import { READ_NAMES } from './systems/system.js';
import type { Proof, ReadName } from './systems/system.js';

/** A figure that could not be taken says why instead. */
export type Measured<Figures> = Figures | { failed: string };

export interface SystemResult {
  name: string;
  about: string;
  /** Why it did not take part. */
  unavailable?: string;
  /** From nothing to the first answer; the second start, where it keeps its data over one. */
  startMs: number[];
  /** Of the system's own processes at the end. */
  memoryBytes?: number;
  /** In the order of their events. */
  sizes: SizeResult[];
  proof?: Measured<Proof>;
  writes: { case: WriteCase; figures: Measured<WriteFigures> }[];
}

/** With so many events there. */
export interface SizeResult {
  events: number;
  /** Events a second while it was filled with batches of 100. */
  filledPerSecond: number;
  diskBytesPerEvent: number;
  memoryBytes?: number;
  reads: Partial<Record<ReadName, Measured<ReadFigures>>>;
  append?: Measured<WriteRun>;
}

export interface Report {
  machine: Machine;
  runs: number;
  secondsPerRun: number;
  ceiling: Ceiling[];
  systems: SystemResult[];
}

/** The report as Markdown. */
export function render(report: Report): string {
  const { machine, systems } = report;
  const present = systems.filter(({ unavailable }) => unavailable === undefined);
  return [
    `${machine.cpu}, ${machine.cores} cores, ${machine.memoryGiB} GiB, ${machine.system}, Node ${machine.node}, ${machine.date}`,
    ...systems.map(({ name, about, unavailable }) => `- ${name}: ${unavailable ?? about}`),
    `- load generator against a bare HTTP server: ${report.ceiling.map(describeCeiling).join('; ')}`,
    '',
    `Writing 1 KB events: median (lowest to highest) of ${report.runs} runs of ${report.secondsPerRun} s`,
    '',
    row(['', 'system', 'events/s', 'p50 ms', 'p99 ms', 'CPU ms/event', 'disk bytes/event']),
    row(Array<string>(7).fill('---')),
    ...writeRows(present),
    '',
    'Reading, one caller, and appending batches of 100 with 8 callers, by the number of events that are there',
    '',
    row([
      'events',
      'system',
      ...READ_NAMES.map((name) => `${name}: p50, p99 ms`),
      'append CPU ms/event',
      'append events/s',
    ]),
    row(Array<string>(READ_NAMES.length + 4).fill('---')),
    ...present.flatMap((system) => system.sizes.map((size) => readRow(system.name, size))),
    '',
    row(['events', 'system', 'filled events/s', 'disk bytes/event', 'memory MB']),
    row(Array<string>(5).fill('---')),
    ...present.flatMap((system) => system.sizes.map((size) => fillRow(system.name, size))),
    '',
    row(['system', 'start ms', 'second start ms', 'memory MB at the end', 'evidence: bytes', 'fetch ms', 'verify ms']),
    row(Array<string>(7).fill('---')),
    ...present.map(systemRow),
    '',
  ].join('\n');
}

function describeCeiling({ callers, requestsPerSecond, generatorCpuMs }: Ceiling): string {
  return `${callers} callers ${rounded(requestsPerSecond)} posts/s, ${rounded(generatorCpuMs)} ms CPU each`;
}

function writeRows(systems: readonly SystemResult[]): string[] {
  const cases = systems[0]?.writes.map((write) => write.case) ?? [];
  return cases.flatMap((one, index) =>
    systems.map(({ name, writes }) => {
      const figures = writes[index]?.figures;
      if (!figures || 'failed' in figures) return row([describeCase(one), name, figures?.failed ?? '–']);
      return row([
        describeCase(one),
        name,
        spread(figures.eventsPerSecond),
        spread(figures.p50),
        spread(figures.p99),
        spread(figures.cpuMsPerEvent),
        rounded(figures.diskBytesPerEvent[1]),
      ]);
    }),
  );
}

function readRow(name: string, { events, reads, append }: SizeResult): string {
  const latencies = READ_NAMES.map((read) => figures(reads[read], ({ p50, p99 }) => [p50, p99]).join(', '));
  const cost = figures(append, ({ cpuMsPerEvent, eventsPerSecond }) => [cpuMsPerEvent, eventsPerSecond]);
  return row([rounded(events), name, ...latencies, ...cost]);
}

function fillRow(name: string, { events, filledPerSecond, diskBytesPerEvent, memoryBytes }: SizeResult): string {
  return row([rounded(events), name, rounded(filledPerSecond), rounded(diskBytesPerEvent), megabytes(memoryBytes)]);
}

function systemRow({ name, startMs: [first, second], memoryBytes, proof }: SystemResult): string {
  const starts = [first, second].map((ms) => (ms === undefined ? '–' : rounded(ms)));
  const proofs = figures(proof, ({ bytes, fetchMs, verifyMs }) => [bytes, fetchMs, verifyMs]);
  return row([name, ...starts, megabytes(memoryBytes), ...proofs]);
}

function figures<Figures extends object>(
  measured: Measured<Figures> | undefined,
  pick: (taken: Figures) => number[],
): string[] {
  if (!measured) return ['–'];
  return 'failed' in measured ? [measured.failed] : pick(measured).map(rounded);
}

function megabytes(bytes: number | undefined): string {
  return bytes === undefined ? '–' : rounded(bytes / 1e6);
}

function spread([min, median, max]: Spread): string {
  return `${rounded(median)} (${rounded(min)} to ${rounded(max)})`;
}

/** Three significant digits are more than the spread allows. */
function rounded(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString('en-US') : String(Number(value.toPrecision(3)));
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

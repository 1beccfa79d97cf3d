import { describeCase } from './cases.js';
import type { WriteCase } from './cases.js';
import type { Ceiling } from './ceiling.js';
import type { Machine } from './machine.js';
import type { ReadFigures, Spread, WriteFigures } from './measure.js';
import { READ_NAMES } from './systems/system.js';
import type { ReadName } from './systems/system.js';

/** A figure that could not be taken says why instead. */
export type Measured<Figures> = Figures | { failed: string };

export interface SystemResult {
  name: string;
  about: string;
  /** Why it did not take part. */
  unavailable?: string;
  /** From nothing to the first answer; the second start, where it keeps its data over one. */
  startMs: number[];
  seedEventsPerSecond: number;
  /** Of the system's own processes at the end. */
  memoryBytes?: number;
  reads: Partial<Record<ReadName, Measured<ReadFigures>>>;
  writes: { case: WriteCase; figures: Measured<WriteFigures> }[];
}

export interface Report {
  machine: Machine;
  seededEvents: number;
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
    `Reading, one caller, ${report.seededEvents} events seeded`,
    '',
    row(['', 'system', 'p50 ms', 'p99 ms', 'events found']),
    row(Array<string>(5).fill('---')),
    ...READ_NAMES.flatMap((name) => present.map((system) => readRow(name, system))),
    '',
    row(['system', 'start ms', 'second start ms', 'memory MB', 'seeding events/s']),
    row(Array<string>(5).fill('---')),
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

function readRow(read: ReadName, { name, reads }: SystemResult): string {
  const figures = reads[read];
  if (!figures || 'failed' in figures) return row([read, name, figures?.failed ?? '–']);
  return row([read, name, rounded(figures.p50), rounded(figures.p99), rounded(figures.found)]);
}

function systemRow({ name, startMs: [first, second], memoryBytes, seedEventsPerSecond }: SystemResult): string {
  const memory = memoryBytes === undefined ? undefined : memoryBytes / 1e6;
  return row([name, ...[first, second, memory, seedEventsPerSecond].map((value) => (value ? rounded(value) : '–'))]);
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

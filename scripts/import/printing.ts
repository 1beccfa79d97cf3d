import { basename } from 'node:path';
import { UNRECOGNIZED } from './source-file.js';
import type { FileOutcome, ImportCounts, OnProgress } from './import-file.js';

const BAR_WIDTH = 24;
const ERASE_LINE = '\r\x1b[2K';

/** A bar that is redrawn in place, on a terminal; elsewhere the lines at the end of each file say enough. */
export function progressBar(file: string, stream: NodeJS.WriteStream): { update: OnProgress; end: () => void } {
  if (!stream.isTTY) return { update: () => undefined, end: () => undefined };
  let shown = -1;
  return {
    update: (read, total) => {
      const percent = total === 0 ? 100 : Math.floor((read / total) * 100);
      if (percent === shown) return;
      shown = percent;
      const filled = Math.round((percent / 100) * BAR_WIDTH);
      stream.write(
        `${ERASE_LINE}[${'#'.repeat(filled)}${'.'.repeat(BAR_WIDTH - filled)}] ${percent}% ${basename(file)}`,
      );
    },
    end: () => void stream.write(ERASE_LINE),
  };
}

/** What became of a file, in a few lines. */
export function describeOutcome({ file, format, report, counts, faults }: FileOutcome, dryRun: boolean): string {
  const lines = [
    `${file}: ${format}`,
    `  ${report.elements} elements: ${report.mapped} mapped to ${report.events} events, skipped: ${list(report.skipped)}`,
    `  derived fields: ${list(report.derived)}${report.keptRaw > 0 ? `; ${report.keptRaw} values kept as base64` : ''}`,
    `  ${dryRun ? `nothing was posted (dry run), ${counts.refused} would be refused` : describeCounts(counts)}`,
    ...faults.map((fault) => `  ! ${fault}`),
  ];
  return lines.join('\n');
}

export function describeTotal(outcomes: readonly FileOutcome[], counts: ImportCounts, dryRun: boolean): string {
  const events = outcomes.reduce((sum, { report }) => sum + report.events, 0);
  const elements = outcomes.reduce((sum, { report }) => sum + report.elements, 0);
  const skipped = outcomes
    .flatMap(({ report }) => Object.values(report.skipped))
    .reduce((sum, count) => sum + count, 0);
  const files = `${outcomes.length} ${outcomes.length === 1 ? 'file' : 'files'}`;
  const unrecognized = outcomes.filter(({ format }) => format === UNRECOGNIZED).length;
  return `Total: ${files} (${unrecognized} unrecognized), ${elements} elements (${skipped} skipped), ${events} events${dryRun ? '' : `; ${describeCounts(counts)}`}`;
}

export function sumCounts(outcomes: readonly FileOutcome[]): ImportCounts {
  const sum: ImportCounts = { recorded: 0, duplicate: 0, refused: 0, verified: 0, unequal: 0 };
  for (const { counts } of outcomes)
    for (const key of Object.keys(sum) as (keyof ImportCounts)[]) sum[key] += counts[key];
  return sum;
}

function describeCounts({ recorded, duplicate, refused, verified, unequal }: ImportCounts): string {
  const compared = verified + unequal > 0 ? `, ${verified} read back equal, ${unequal} not` : '';
  return `${recorded} recorded, ${duplicate} there already, ${refused} refused${compared}`;
}

function list(counts: Record<string, number>): string {
  const entries = Object.entries(counts).map(([name, count]) => `${count} ${name}`);
  return entries.length > 0 ? entries.join(', ') : 'none';
}

import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';

/** CPU time and memory of processes and their children, from /proc: Linux only. */

const TICK_MS = 1000 / clockTicks();

function clockTicks(): number {
  return Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));
}

/** Milliseconds of CPU (user and system) that processes, their children and those of them that ended have used. */
export function cpuMs(roots: readonly number[]): number {
  return tree(roots).reduce((sum, { ticks }) => sum + ticks, 0) * TICK_MS;
}

/** Bytes of memory, pages shared between the processes counted once. */
export function memoryBytes(roots: readonly number[]): number {
  return tree(roots).reduce((sum, { pid }) => {
    const kilobytes = /^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1];
    return sum + Number(kilobytes ?? 0) * 1024;
  }, 0);
}

interface Process {
  pid: number;
  parent: number;
  ticks: number;
}

/** The roots and what is below them; each process once, also where one root is below another. */
function tree(roots: readonly number[]): Process[] {
  const all = new Map(
    readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .flatMap((name) => readStat(Number(name)))
      .map((one) => [one.pid, one]),
  );
  const belongs = (one: Process | undefined): boolean =>
    one !== undefined && (roots.includes(one.pid) || belongs(all.get(one.parent)));
  return [...all.values()].filter(belongs);
}

/** proc(5): after the name in brackets come state, parent, … and as fields 14 to 17 the times. */
function readStat(pid: number): Process[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
    return [{ pid, parent: Number(fields[1]), ticks }];
  } catch {
    return []; // It ended since the folder was listed.
  }
}

/** Bytes that the files of a folder take up. */
export function folderBytes(folder: string): number {
  return Number(
    execFileSync('du', ['-s', '--block-size=1', path.resolve(folder)], { encoding: 'utf8' }).split('\t')[0],
  );
}

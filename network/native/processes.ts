import { execFileSync, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { baseEnvironment } from './programs.js';

/** Processes that outlive the command that started them: each has a folder with its log and a file that names it. */

export interface ProcessSpec {
  /** Holds `process.json` and `output.log`. */
  folder: string;
  command: string;
  args: string[];
  env: Record<string, string>;
  /** Defaults to the folder. */
  cwd?: string;
}

/** A process id alone is no name: ids are used again. When it started makes it one. */
const processRecord = z.strictObject({ pid: z.number().int().min(2), startedAt: z.string().min(1) });

const STOP_TIMEOUT_MS = 10_000;
const POLL_MS = 50;

export const logFile = (folder: string): string => join(folder, 'output.log');
const recordFile = (folder: string): string => join(folder, 'process.json');

/** Starts it as a process group of its own, unless it is running. */
export function startProcess(spec: ProcessSpec): void {
  if (runningPid(spec.folder) !== undefined) return;
  mkdirSync(spec.folder, { recursive: true, mode: 0o700 });
  const log = openSync(logFile(spec.folder), 'a', 0o600);
  try {
    const child = spawn(spec.command, spec.args, {
      cwd: spec.cwd ?? spec.folder,
      env: { ...baseEnvironment(), ...spec.env },
      detached: true,
      stdio: ['ignore', log, log],
    });
    // A program that cannot be started is found by waiting for it; the event must not end this process.
    child.on('error', () => undefined);
    child.unref();
    const startedAt = child.pid === undefined ? undefined : startOf(child.pid);
    if (child.pid === undefined || startedAt === undefined) return;
    writeFileSync(recordFile(spec.folder), JSON.stringify({ pid: child.pid, startedAt }), { mode: 0o600 });
  } finally {
    closeSync(log);
  }
}

/** The process of that folder if it still runs; another one that got its id is not it. */
export function runningPid(folder: string): number | undefined {
  let record: z.output<typeof processRecord>;
  try {
    record = processRecord.parse(JSON.parse(readFileSync(recordFile(folder), 'utf8')));
  } catch {
    return undefined;
  }
  return startOf(record.pid) === record.startedAt ? record.pid : undefined;
}

/** Asks the process group to end, and ends it after a while. @returns whether there was anything to stop. */
export async function stopProcess(folder: string): Promise<boolean> {
  const pid = runningPid(folder);
  if (pid !== undefined) {
    signal(pid, 'SIGTERM');
    const deadline = Date.now() + STOP_TIMEOUT_MS;
    while (runningPid(folder) !== undefined) {
      if (Date.now() > deadline) signal(pid, 'SIGKILL');
      await delay(POLL_MS);
    }
  }
  rmSync(recordFile(folder), { force: true });
  return pid !== undefined;
}

/** To the whole group; it may have ended by itself in the meantime. */
function signal(pid: number, name: 'SIGTERM' | 'SIGKILL'): void {
  try {
    process.kill(-pid, name);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

/** When a process started, in the system's own words; `undefined` if it is gone or a zombie. */
function startOf(pid: number): string | undefined {
  try {
    return process.platform === 'linux' ? startOnLinux(pid) : startElsewhere(pid);
  } catch {
    return undefined;
  }
}

function startOnLinux(pid: number): string | undefined {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The command's name, in parentheses, may hold anything; fields 3 (state) and 22 (start time) come after it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' ? undefined : fields[19];
}

function startElsewhere(pid: number): string | undefined {
  return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim() || undefined;
}

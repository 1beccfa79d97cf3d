import { execFile } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { homedir } from 'node:os';
import { basename, delimiter, join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';

/** Fabric's own programs, which are never part of this project: they are looked for on the machine. */

const NAMES = ['peer', 'orderer', 'configtxgen', 'osnadmin'] as const;
export type ProgramName = (typeof NAMES)[number];
/** The full path of each program. */
export type Programs = Record<ProgramName, string>;

export const FABRIC_VERSION = '3.1.5';

/** The first folder that has all of them: FABRIC_BIN, those of the PATH, the cache folder. */
export function findPrograms(env: NodeJS.ProcessEnv = process.env): Programs | undefined {
  const folders = [env['FABRIC_BIN'], ...(env['PATH'] ?? '').split(delimiter), join(cacheFolder(env), 'bin')];
  for (const folder of folders) {
    const programs = folder ? programsIn(folder) : undefined;
    if (programs) return programs;
  }
  return undefined;
}

/** `undefined` where not all of them are in the folder. */
export function programsIn(folder: string): Programs | undefined {
  if (!NAMES.every((name) => isExecutable(join(folder, name)))) return undefined;
  return Object.fromEntries(NAMES.map((name) => [name, join(folder, name)])) as Programs;
}

/** Where this project keeps the programs that it installs. */
export function cacheFolder(env: NodeJS.ProcessEnv): string {
  const cache = env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  return join(cache, 'agent-audit-ledger', `fabric-${FABRIC_VERSION}`);
}

export function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** A program ended with an error, or did not end in time. */
export class ProgramError extends Error {
  override readonly name = 'ProgramError';
}

const TIMEOUT_MS = 60_000;
const OUTPUT_BYTES = 16 * 1_048_576;
const LINES_OF_AN_ERROR = 5;

/** Runs a program to its end. @returns what it wrote to its standard output. @throws {ProgramError} */
export function runProgram(
  program: string,
  args: string[],
  env: Record<string, string>,
  timeout = TIMEOUT_MS,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { env: { ...baseEnvironment(), ...env }, timeout, maxBuffer: OUTPUT_BYTES };
    execFile(program, args, options, (error, stdout, stderr) => {
      if (!error) {
        resolve(stdout);
        return;
      }
      const reason = reasonIn(stderr || stdout) || error.message;
      reject(new ProgramError(`${[basename(program), ...args.slice(0, 3)].join(' ')}: ${reason}`));
    });
  });
}

/** The words of a Go program before its stack or its usage: from its last error on, or else its last lines. */
function reasonIn(output: string): string {
  const lines = stripVTControlCharacters(output).trim().split('\n');
  const start = lines.findLastIndex((line) => /^(panic|Error):/.test(line));
  const said = lines.slice(start === -1 ? -LINES_OF_AN_ERROR : start).slice(0, LINES_OF_AN_ERROR);
  const usage = said.indexOf('Usage:');
  return said.slice(0, usage === -1 ? undefined : usage).join('\n');
}

/** No variable of the caller's may reach Fabric's programs: each CORE_… and ORDERER_… is a setting. */
export function baseEnvironment(): Record<string, string> {
  const kept = ['PATH', 'HOME', 'TMPDIR', 'LANG'].flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { ...Object.fromEntries(kept), FABRIC_LOGGING_SPEC: process.env['FABRIC_LOGGING_SPEC'] ?? 'warning' };
}

import { ProgramError, runProgram } from '../native/programs.js';

/** Docker Compose: a plugin of `docker`, or a program of its own. */

export interface ComposeProgram {
  command: string;
  /** Before those of Compose itself. */
  args: string[];
  version: string;
}

/** Which engine the user's commands go to, and how it is reached. */
const ENGINE = ['DOCKER_HOST', 'DOCKER_CONTEXT', 'DOCKER_CONFIG', 'DOCKER_CERT_PATH', 'DOCKER_TLS_VERIFY'];
/** The first start downloads the images. */
const TIMEOUT_MS = 900_000;

type Call = Pick<ComposeProgram, 'command' | 'args'>;
const CALLS: Call[] = [
  { command: 'docker', args: ['compose'] },
  { command: 'docker-compose', args: [] },
];

/** Those that are here, the plugin first. */
export async function findComposePrograms(): Promise<ComposeProgram[]> {
  const asked = CALLS.map(async (call) => {
    try {
      return [{ ...call, version: (await runCompose(call, ['version', '--short'])).trim() }];
    } catch {
      return [];
    }
  });
  return (await Promise.all(asked)).flat();
}

/** Version 1 reads neither a project's name nor `create_host_path`, and cannot wait for containers. */
export const isFirstVersion = ({ version }: ComposeProgram): boolean => /^v?1\./.test(version);

/** @throws {ProgramError} that says what is missing. */
export async function composeProgram(): Promise<ComposeProgram> {
  const programs = await findComposePrograms();
  const found = programs.find((one) => !isFirstVersion(one));
  if (found) return found;
  const [old] = programs;
  throw new ProgramError(
    old
      ? `Docker Compose 2 or newer is needed; ${old.command} is ${old.version}`
      : 'Docker Compose was found neither as a plugin of docker nor as docker-compose',
  );
}

/** @returns what it said. @throws {ProgramError} */
export function runCompose({ command, args: before }: Call, args: string[]): Promise<string> {
  const engine = ENGINE.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return runProgram(command, [...before, ...args], Object.fromEntries(engine), TIMEOUT_MS);
}

import { tmpdir } from 'node:os';
import { parseArgs } from 'node:util';
import { UsageError } from '../../scripts/usage-error.js';

export const SYSTEM_NAMES = [
  'product',
  'native',
  'native-couchdb',
  'postgresql',
  'postgresql-sessions',
  'sqlite',
] as const;
export type SystemName = (typeof SYSTEM_NAMES)[number];
/** Networks of real peers take longer to start than a quick run. */
const QUICK_NAMES: readonly SystemName[] = ['product', 'postgresql', 'postgresql-sessions', 'sqlite'];

export const USAGE = `npm run bench -- [options]
  --quick            a small selection, in under a minute; networks of real peers only if named
  --json             the results as JSON
  --only NAME        one system: ${SYSTEM_NAMES.join(', ')} (repeatable)
  --events LIST      numbers of events at which reads and an append are measured (default 1000,100000; quick 1000)
  --runs N           how often each case is measured (default 3; quick 2)
  --seconds N        how long each time (default 3; quick 0.2)
  --callers LIST     only cases with so many callers, e.g. 32,256
  --dir FOLDER       where the systems keep their data (default: the temporary folder)
  --cpu-prof FOLDER  writes a CPU profile of the product's process there
`;

export interface Options {
  quick: boolean;
  json: boolean;
  only: readonly SystemName[];
  /** Ascending. */
  events: readonly number[];
  runs: number;
  seconds: number;
  callers: readonly number[] | undefined;
  dir: string;
  profileDir: string | undefined;
}

/** @throws {UsageError} with the usage. */
export function readOptions(args: string[]): Options {
  const values = parse(args);
  const { quick } = values;
  return {
    quick,
    json: values.json,
    only: values.only?.map(systemName) ?? (quick ? QUICK_NAMES : SYSTEM_NAMES),
    events: numbers('--events', values.events ?? (quick ? '1000' : '1000,100000')).sort((a, b) => a - b),
    runs: number('--runs', values.runs ?? (quick ? '2' : '3')),
    seconds: number('--seconds', values.seconds ?? (quick ? '0.2' : '3')),
    callers: values.callers === undefined ? undefined : numbers('--callers', values.callers),
    dir: values.dir,
    profileDir: values['cpu-prof'],
  };
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        quick: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        only: { type: 'string', multiple: true },
        events: { type: 'string' },
        runs: { type: 'string' },
        seconds: { type: 'string' },
        callers: { type: 'string' },
        dir: { type: 'string', default: tmpdir() },
        'cpu-prof': { type: 'string' },
      },
    }).values;
  } catch (error) {
    throw wrong((error as Error).message);
  }
}

function systemName(name: string): SystemName {
  const found = SYSTEM_NAMES.find((known) => known === name);
  if (!found) throw wrong(`--only takes ${SYSTEM_NAMES.join(', ')}; it is "${name}".`);
  return found;
}

function numbers(option: string, list: string): number[] {
  return list.split(',').map((text) => number(option, text));
}

function number(option: string, text: string): number {
  const value = Number(text);
  if (!(value > 0 && Number.isFinite(value))) throw wrong(`${option} takes numbers above 0; it is "${text}".`);
  return value;
}

function wrong(what: string): UsageError {
  return new UsageError(`${what}\n\n${USAGE}`);
}

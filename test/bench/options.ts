import { tmpdir } from 'node:os';
import { parseArgs } from 'node:util';

export const SYSTEM_NAMES = ['product', 'postgresql', 'postgresql-sessions', 'sqlite'] as const;
export type SystemName = (typeof SYSTEM_NAMES)[number];

export const USAGE = `npm run bench -- [options]
  --quick            a small selection, in under a minute
  --json             the results as JSON
  --only NAME        one system: ${SYSTEM_NAMES.join(', ')} (repeatable)
  --events N         events that are there before anything is measured (default 1000)
  --runs N           how often each case is measured (default 3)
  --seconds N        how long each time (default 3; quick 0.2)
  --callers LIST     only cases with so many callers, e.g. 32,256
  --dir FOLDER       where the systems keep their data (default: the temporary folder)
  --cpu-prof FOLDER  writes a CPU profile of the product's process there
`;

export interface Options {
  quick: boolean;
  json: boolean;
  only: readonly SystemName[];
  events: number;
  runs: number;
  seconds: number;
  callers: readonly number[] | undefined;
  dir: string;
  profileDir: string | undefined;
}

/** @throws {Error} one sentence on what is wrong with the arguments. */
export function readOptions(args: string[]): Options {
  const { values } = parseArgs({
    args,
    options: {
      quick: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      only: { type: 'string', multiple: true, default: [...SYSTEM_NAMES] },
      events: { type: 'string', default: '1000' },
      runs: { type: 'string', default: '3' },
      seconds: { type: 'string' },
      callers: { type: 'string' },
      dir: { type: 'string', default: tmpdir() },
      'cpu-prof': { type: 'string' },
    },
  });
  return {
    quick: values.quick,
    json: values.json,
    only: values.only.map(systemName),
    events: positive('--events', values.events),
    runs: positive('--runs', values.runs),
    seconds: positive('--seconds', values.seconds ?? (values.quick ? '0.2' : '3')),
    callers: values.callers?.split(',').map((count) => positive('--callers', count)),
    dir: values.dir,
    profileDir: values['cpu-prof'],
  };
}

function systemName(name: string): SystemName {
  const found = SYSTEM_NAMES.find((known) => known === name);
  if (!found) throw new Error(`--only takes ${SYSTEM_NAMES.join(', ')}; it is "${name}".`);
  return found;
}

function positive(option: string, text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new Error(`${option} takes a number above 0; it is "${text}".`);
  return value;
}

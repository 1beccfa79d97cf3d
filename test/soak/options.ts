import { tmpdir } from 'node:os';
import { parseArgs } from 'node:util';

export const USAGE = `npm run soak -- [options]
  --events N     how many events the fleet posts (default 100000)
  --agents N     simulated agents, all at work at once (default 1000; with --kills 100)
  --kills N      in place of a number of events: work until the product has been killed so often
  --every N      a line of figures after so many events (default 50000)
  --dir FOLDER   where the product keeps its data (default: the temporary folder)
Every event is looked up in the end, and the whole ledger is verified. Exit status 1 where anything is amiss.
`;

export interface Options {
  events: number;
  agents: number;
  kills: number;
  every: number;
  dir: string;
}

/** @throws {Error} one sentence on what is wrong with the arguments. */
export function readOptions(args: string[]): Options {
  const { values } = parseArgs({
    args,
    options: {
      events: { type: 'string', default: '100000' },
      agents: { type: 'string' },
      kills: { type: 'string', default: '0' },
      every: { type: 'string', default: '50000' },
      dir: { type: 'string', default: tmpdir() },
    },
  });
  const kills = count('--kills', values.kills);
  return {
    events: count('--events', values.events),
    agents: count('--agents', values.agents ?? (kills > 0 ? '100' : '1000')),
    kills,
    every: count('--every', values.every),
    dir: values.dir,
  };
}

function count(name: string, text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new Error(`${name} takes a whole number.`);
  return Number(text);
}

import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { challengeText } from '../../core/index.js';
import { gatewayUrl, readToken } from '../gateway-options.js';
import { UsageError } from '../usage-error.js';
import { filter, MOST_RECEIPTS } from './filter.js';
import type { Filter } from './filter.js';

/** Which events, and what of them beside the list. */
export interface ExportRequest {
  out: string;
  filter: Filter;
  sample: { size: number; seed: string };
  /** The auditor's own; made up where there is none. */
  challenge: string | undefined;
}

const USAGE = `npm run export -- --out DIR [options]

  --url URL            the gateway (default http://127.0.0.1, at PORT or 3000)
  --token-file FILE    a token for all agents, or for the one of --agent, with the scope read
                       (default: credentials/operator.token in AUDIT_DATA_DIR or ./data, if it is there)
  --owner, --agent, --session TEXT
  --from, --to, --recorded-from, --recorded-to TIME
                       which events; times are half-open, recorded-to is now unless it is given
  --sample N --seed TEXT
                       receipts for N of the events, which the seed chooses (docs/evidence.md)
  --challenge TEXT     what the evidence is asked for with
`;

/** @throws {UsageError} */
export function readOptions(args: string[], env: NodeJS.ProcessEnv) {
  const values = parse(args);
  if (values.out === undefined) throw new UsageError(`Name the folder to write to.\n\n${USAGE}`);
  return {
    url: gatewayUrl(values.url ?? `http://127.0.0.1:${env['PORT'] ?? 3000}`),
    token: readToken(values['token-file'], join(env['AUDIT_DATA_DIR'] ?? 'data', 'credentials/operator.token')),
    out: values.out,
    filter: readFilter(values),
    sample: readSample(values),
    challenge: readChallenge(values.challenge),
  };
}

function parse(args: string[]) {
  const text = { type: 'string' } as const;
  try {
    return parseArgs({
      args,
      options: {
        out: text,
        url: text,
        'token-file': text,
        owner: text,
        agent: text,
        session: text,
        from: text,
        to: text,
        'recorded-from': text,
        'recorded-to': text,
        sample: text,
        seed: text,
        challenge: text,
      },
    }).values;
  } catch (error) {
    throw new UsageError(`${(error as Error).message}\n\n${USAGE}`);
  }
}

type Values = ReturnType<typeof parse>;

function readFilter(values: Values): Filter {
  const parsed = filter.safeParse({
    owner: values.owner,
    agent_id: values.agent,
    session_id: values.session,
    from: values.from,
    to: values.to,
    recorded_from: values['recorded-from'],
    recorded_to: values['recorded-to'],
  });
  if (!parsed.success) throw new UsageError(`The filters do not fit: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

function readSample({ sample = '0', seed }: Values): ExportRequest['sample'] {
  const size = Number(sample);
  if (!/^\d{1,5}$/.test(sample) || size > MOST_RECEIPTS)
    throw new UsageError(`--sample is a number up to ${MOST_RECEIPTS}.`);
  if (size > 0 && !seed) throw new UsageError('--sample needs a --seed, so that anybody can draw the same sample.');
  return { size, seed: seed ?? '' };
}

function readChallenge(text: string | undefined): string | undefined {
  if (text === undefined || challengeText.safeParse(text).success) return text;
  throw new UsageError('--challenge is 8 to 128 of A-Z a-z 0-9 . _ ~ -');
}

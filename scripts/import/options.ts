import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { idPart } from '../../core/index.js';
import { gatewayUrl, readToken } from '../gateway-options.js';
import { UsageError } from '../usage-error.js';

export interface ImportOptions {
  files: string[];
  url: string;
  token: string | undefined;
  agentId: string | undefined;
  dryRun: boolean;
  json: boolean;
  verify: boolean;
}

export const USAGE = `npm run import -- FILE… [options]

  --url URL          the gateway (default http://127.0.0.1, at PORT or 3000)
  --token-file FILE  a token with the scope write, and read for --verify
                     (default: credentials/operator.token in AUDIT_DATA_DIR or ./data, if it is there)
  --agent ID         records every event under this agent (not the ledger's own events, which name theirs)
  --dry-run          maps and counts, records nothing
  --verify           reads every event back by its id and compares it with what was posted
  --json             prints one JSON document in place of lines
`;

/** @throws {UsageError} */
export function readOptions(args: string[], env: NodeJS.ProcessEnv): ImportOptions {
  const { values, positionals } = parse(args);
  if (positionals.length === 0) throw new UsageError(`Name the files to import.\n\n${USAGE}`);
  const agent = values.agent === undefined ? undefined : idPart.safeParse(values.agent);
  if (agent?.success === false) throw new UsageError('--agent must be 1 to 128 bytes without control characters.');
  return {
    files: positionals,
    url: gatewayUrl(values.url ?? `http://127.0.0.1:${env['PORT'] ?? 3000}`),
    token: readToken(values['token-file'], join(env['AUDIT_DATA_DIR'] ?? 'data', 'credentials/operator.token')),
    agentId: agent?.data,
    dryRun: values['dry-run'],
    json: values.json,
    verify: values.verify,
  };
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        url: { type: 'string' },
        'token-file': { type: 'string' },
        agent: { type: 'string' },
        'dry-run': { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        verify: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    throw new UsageError(`${(error as Error).message}\n\n${USAGE}`);
  }
}

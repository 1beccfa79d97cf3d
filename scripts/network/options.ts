import { parseArgs } from 'node:util';
import { UsageError } from '../usage-error.js';

export const COMMANDS = ['up', 'status', 'logs', 'down', 'deploy', 'upgrade', 'renew', 'verify'] as const;
export type Command = (typeof COMMANDS)[number];

/** Fabric's programs are for all networks of this machine. */
export interface InstallRequest {
  sha256: string;
  from: string | undefined;
}
export const NETWORKS = ['embedded', 'native', 'compose'] as const;

const JOIN_STEPS = ['request', 'propose', 'sign', 'submit', 'invite', 'accept', 'complete'] as const;
export type JoinStep = (typeof JOIN_STEPS)[number];

export interface NetworkOptions {
  on: (typeof NETWORKS)[number];
  definition: string | undefined;
  basePort: number;
  couchDb: 'own' | string[];
  lines: number;
  reset: boolean;
  /** Of join and renew: which organization acts, what it reads, what it writes. */
  as: string | undefined;
  in: string | undefined;
  out: string | undefined;
}

export const USAGE = `npm run network -- COMMAND --on embedded|native|compose [options]

  up        makes the network, or starts what of it is not running
  status    what is running, and where
  logs      the end of every process's log
  deploy    installs and commits the contract, and starts its services anew
  upgrade   the same for a new version of the contract, peer after peer: the ledger goes on, and so do its gateways
  renew     new certificates for a native network under the same authorities, node after node; --as NAME: of one only
  verify    checks the ledger: embedded from its files, native by comparing the peers
  down      stops every process
  join STEP a step of an organization's way into a native network (docs/operations.md): request, accept, complete are
            the newcomer's, propose, sign, submit, invite the members'
  install   (without --on) downloads Fabric's programs, checks and unpacks them; nothing is done if they are there

  --definition FILE   the consortium (default network/definition/consortium.yaml)
  --base-port PORT    first of the ports of a native or compose network (default 7050)
  --couchdb own       a native network that runs a CouchDB for each peer (default: LevelDB, which has no rich queries)
  --couchdb URL,URL…  the same with databases that run already, in the order of the peers
  --lines N           lines per log (default 20)
  --reset             with down: removes the network, its keys and its ledger
  --as NAME           with join and renew: the organization that acts
  --in FILE           with join: what this step reads
  --out FILE          with join: what this step writes
  --sha256 HEX        with install: checksum of the archive, as Fabric's release page on GitHub shows it
  --from URL|FILE     with install: a copy of the archive (default: the official release for this platform)
`;

export type CommandOptions = NetworkOptions & { command: Command };

/** @throws {UsageError} */
export function readOptions(
  args: string[],
): CommandOptions | (NetworkOptions & { step: JoinStep }) | { install: InstallRequest } {
  const { values, positionals } = parse(args);
  if (positionals.length === 1 && positionals[0] === 'install') {
    return { install: { sha256: sha256(values.sha256), from: values.from } };
  }
  const [name, ...more] = positionals;
  const on = NETWORKS.find((one) => one === values.on);
  if (!on) throw new UsageError(`Say --on embedded, --on native or --on compose.\n\n${USAGE}`);
  if (values.reset && name !== 'down') throw new UsageError('--reset belongs to down.');
  const options = {
    on,
    definition: values.definition,
    basePort: number('--base-port', values['base-port'], 65_000),
    couchDb: couchDb(values.couchdb),
    lines: number('--lines', values.lines, 10_000),
    reset: values.reset,
    as: values.as,
    in: values.in,
    out: values.out,
  };
  if (name === 'join') return { ...options, step: joinStep(more, on) };
  const command = COMMANDS.find((one) => one === name);
  if (!command || more.length > 0) throw new UsageError(`Say one command.\n\n${USAGE}`);
  return { ...options, command };
}

function joinStep([name, ...more]: string[], on: NetworkOptions['on']): JoinStep {
  const step = JOIN_STEPS.find((one) => one === name);
  if (!step || more.length > 0) throw new UsageError(`join has the steps ${JOIN_STEPS.join(', ')}; say one.`);
  if (on !== 'native') throw new UsageError('join works on native networks.');
  return step;
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        on: { type: 'string' },
        definition: { type: 'string' },
        'base-port': { type: 'string', default: '7050' },
        couchdb: { type: 'string' },
        lines: { type: 'string', default: '20' },
        reset: { type: 'boolean', default: false },
        as: { type: 'string' },
        in: { type: 'string' },
        out: { type: 'string' },
        sha256: { type: 'string' },
        from: { type: 'string' },
      },
    });
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : 'The options are not valid.'}\n\n${USAGE}`);
  }
}

function number(option: string, text: string, maximum: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= 1 && value <= maximum) return value;
  throw new UsageError(`${option} must be a number from 1 to ${maximum}.`);
}

/** This project does not vouch for bytes that it has never seen: who installs them says which ones they must be. */
function sha256(text: string | undefined): string {
  if (text !== undefined && /^[0-9a-fA-F]{64}$/.test(text)) return text.toLowerCase();
  throw new UsageError(
    "install needs --sha256 with the archive's 64 hexadecimal digits, which Fabric's release page on GitHub shows.",
  );
}

function couchDb(text: string | undefined): NetworkOptions['couchDb'] {
  return text === 'own' ? text : (text?.split(',') ?? []).map(couchDbUrl);
}

function couchDbUrl(text: string): string {
  const { protocol, username, password }: Partial<URL> = URL.canParse(text) ? new URL(text) : {};
  if (protocol !== 'http:' || !username || !password) {
    throw new UsageError('--couchdb takes own, or addresses of the form http://user:password@host:port.');
  }
  return text;
}

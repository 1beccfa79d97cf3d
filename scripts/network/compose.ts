import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { dockerCompose, gatewayPort, openComposeNetwork, upCompose } from '../../network/compose/index.js';
import { comparePeers } from '../../network/native/index.js';
import { ensureCredentials } from '../credentials.js';
import { SetupError } from '../data-directory.js';
import { nativeOptions, printComparison, printProfiles } from './native.js';
import type { Command, CommandOptions } from './options.js';

/** The official images under Docker Compose. @returns whether all is well */
export async function runCompose(dataDir: string, options: CommandOptions): Promise<boolean> {
  const dir = join(dataDir, 'compose');
  const compose = async (...args: string[]): Promise<boolean> => {
    process.stdout.write(await dockerCompose(dir, args));
    return true;
  };
  const up = async (): Promise<boolean> => {
    const native = nativeOptions(dir, options);
    for (const { name } of native.definition.organizations) ensureCredentials(dir, name);
    return printProfiles(await upCompose(native)) && printGateways(openComposeNetwork(dir, native.definition));
  };
  const commands: Record<Command, () => Promise<boolean>> = {
    up,
    // A new version of the contract is a new package: the services are started anew with it.
    deploy: up,
    upgrade: up,
    renew: () => {
      throw new SetupError('renew works on native networks; docs/operations.md says what to do with containers.');
    },
    status: () => compose('ps', '--all'),
    logs: () => compose('logs', '--tail', String(options.lines)),
    verify: async () => {
      const { programs, definition } = nativeOptions(dir, options);
      return printComparison(await comparePeers(programs, openComposeNetwork(dir, definition)));
    },
    down: async () => {
      await compose('down', ...(options.reset ? ['--volumes'] : []));
      if (options.reset) rmSync(dir, { recursive: true, force: true });
      return true;
    },
  };
  return commands[options.command]();
}

function printGateways(layout: ReturnType<typeof openComposeNetwork>): boolean {
  const { dir, definition } = layout;
  process.stdout.write('Gateways, with the certificate of their authority and a token:\n');
  for (const organization of definition.organizations) {
    const { name } = organization;
    const authority = join(dir, 'organizations', name, 'tlsca', 'tlsca-cert.pem');
    const { tokenFile } = ensureCredentials(dir, name);
    process.stdout.write(`  https://localhost:${gatewayPort(layout, organization)} ${authority} ${tokenFile}\n`);
  }
  return true;
}

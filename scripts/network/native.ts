import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadDefinition } from '../../network/definition/index.js';
import {
  deploy,
  down,
  findPrograms,
  logFile,
  ProgramError,
  renew,
  reset,
  status,
  up,
  upgrade,
  verify,
} from '../../network/native/index.js';
import type { NativeNetwork, NativeOptions, ProcessStatus } from '../../network/native/index.js';
import type { Command, CommandOptions, NetworkOptions } from './options.js';
import { phasePrinter } from './phases.js';

const bundle = join(import.meta.dirname, '../../chaincode-package');

/** Fabric's own programs as processes on this machine. @returns whether all is well */
export async function runNative(dataDir: string, options: CommandOptions): Promise<boolean> {
  const dir = join(dataDir, 'native');
  const commands: Record<Command, () => Promise<boolean> | boolean> = {
    up: async () => printProfiles(await up(nativeOptions(dir, options))),
    deploy: async () => {
      await deploy(nativeOptions(dir, options));
      return true;
    },
    upgrade: async () => printUpgrade(await upgrade(nativeOptions(dir, options))),
    renew: async () => {
      await renew(nativeOptions(dir, options), options.as);
      return true;
    },
    status: () => printStatus(status(dir)),
    logs: () => printLogs(status(dir), options.lines),
    verify: async () => printComparison(await verify(nativeOptions(dir, options))),
    down: async () => {
      const stopped = options.reset ? await reset(dir) : await down(dir);
      process.stdout.write(stopped.length > 0 ? `Stopped ${stopped.join(', ')}.\n` : 'Nothing was running.\n');
      return true;
    },
  };
  return commands[options.command]();
}

export function nativeOptions(dir: string, { definition, basePort, couchDb }: NetworkOptions): NativeOptions {
  const programs = findPrograms();
  if (!programs) {
    throw new ProgramError(
      "Fabric's programs were found neither in FABRIC_BIN, nor on the PATH, nor in the cache folder; npm run network -- install downloads them",
    );
  }
  return {
    dir,
    definition: loadDefinition(definition),
    programs,
    bundle,
    basePort,
    couchDb,
    onPhase: phasePrinter(),
  };
}

export function printProfiles({ profiles }: NativeNetwork): boolean {
  process.stdout.write('The network is up. Connection profiles for gateways:\n');
  for (const [name, file] of Object.entries(profiles)) process.stdout.write(`  ${name.padEnd(10)} ${file}\n`);
  return true;
}

function printUpgrade({ from, to }: Awaited<ReturnType<typeof upgrade>>): boolean {
  process.stdout.write(
    from === to
      ? `The contract is the one that was agreed on already (sequence ${to}).\n`
      : `The contract is at sequence ${to} now, after ${from}; the ledger is the same.\n`,
  );
  return true;
}

function printStatus(nodes: ProcessStatus[]): boolean {
  for (const { name, pid, port } of nodes) {
    const state = pid === undefined ? 'not running' : `process ${pid}, 127.0.0.1:${port}`;
    process.stdout.write(`${name.padEnd(40)} ${state}\n`);
  }
  return nodes.every(({ pid }) => pid !== undefined);
}

function printLogs(nodes: ProcessStatus[], lines: number): boolean {
  for (const { name, folder } of nodes) {
    const file = logFile(folder);
    const end = existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n').slice(-lines).join('\n') : '';
    process.stdout.write(`== ${name} (${file})\n${end}\n\n`);
  }
  return true;
}

export function printComparison({ heights, findings }: Awaited<ReturnType<typeof verify>>): boolean {
  for (const [name, height] of Object.entries(heights)) process.stdout.write(`${name.padEnd(40)} height ${height}\n`);
  for (const finding of findings) process.stdout.write(`NOT WELL: ${finding}\n`);
  return findings.length === 0;
}

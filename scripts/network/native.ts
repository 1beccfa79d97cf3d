import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadDefinition } from '../../network/definition/index.js';
import {
  deploy,
  down,
  findPrograms,
  logFile,
  ProgramError,
  reset,
  status,
  up,
  verify,
} from '../../network/native/index.js';
import type { NativeOptions, ProcessStatus } from '../../network/native/index.js';
import type { Command, NetworkOptions } from './options.js';
import { phasePrinter } from './phases.js';

const bundle = join(import.meta.dirname, '../../chaincode-package');

/** Fabric's own programs as processes on this machine. @returns whether all is well */
export async function runNative(dataDir: string, options: NetworkOptions): Promise<boolean> {
  const dir = join(dataDir, 'native');
  const commands: Record<Command, () => Promise<boolean> | boolean> = {
    up: async () => {
      const { profiles } = await up(nativeOptions(dir, options));
      process.stdout.write('The network is up. Connection profiles for gateways:\n');
      for (const [name, file] of Object.entries(profiles)) process.stdout.write(`  ${name.padEnd(10)} ${file}\n`);
      return true;
    },
    deploy: async () => {
      await deploy(nativeOptions(dir, options));
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

function nativeOptions(dir: string, { definition, basePort, couchDbUrls }: NetworkOptions): NativeOptions {
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
    couchDbUrls,
    onPhase: phasePrinter(),
  };
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

function printComparison({ heights, findings }: Awaited<ReturnType<typeof verify>>): boolean {
  for (const [name, height] of Object.entries(heights)) process.stdout.write(`${name.padEnd(40)} height ${height}\n`);
  for (const finding of findings) process.stdout.write(`NOT WELL: ${finding}\n`);
  return findings.length === 0;
}

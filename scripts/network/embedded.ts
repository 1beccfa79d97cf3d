import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { loadDefinition } from '../../network/definition/index.js';
import { startEmbeddedNetwork, verifyEmbeddedLedger } from '../../network/embedded/index.js';
import { openDataDirectory, SetupError } from '../data-directory.js';
import { stopOnSignals } from '../shutdown.js';
import type { NetworkOptions } from './options.js';

const chaincodePackageDir = join(import.meta.dirname, '../../chaincode-package');

/** The network in one process: this one, until it is told to stop. @returns whether all is well */
export async function runEmbedded(dataDir: string, { command, definition: file }: NetworkOptions): Promise<boolean> {
  const definition = loadDefinition(file);
  const dir = join(dataDir, 'network');
  if (command === 'up') {
    const data = openDataDirectory(dataDir);
    const running: { close(): Promise<void> | void }[] = [{ close: data.release }];
    stopOnSignals(running);
    const log = (line: string): void => void process.stderr.write(`${line}\n`);
    const network = await startEmbeddedNetwork({ dataDir: dir, chaincodePackageDir, definition, log });
    running.push(network);
    process.stdout.write('The network is up until Ctrl-C. Connection profiles for gateways:\n');
    for (const [name, profile] of Object.entries(network.profiles)) {
      process.stdout.write(`  ${name.padEnd(10)} ${profile}\n`);
    }
    return true;
  }
  if (command !== 'verify') {
    throw new SetupError(
      `The embedded network lives in the process that started it and takes its contract from the build: there is nothing to ${command} from outside.`,
    );
  }
  if (!existsSync(dir)) throw new SetupError(`There is no embedded network in ${dataDir}.`);
  const data = openDataDirectory(dataDir);
  try {
    const findings = await verifyEmbeddedLedger(dir, definition);
    for (const { blockNum, reason } of findings) {
      process.stdout.write(`NOT WELL: ${blockNum === undefined ? '' : `block ${blockNum}: `}${reason}\n`);
    }
    if (findings.length === 0) process.stdout.write('All blocks, hashes, signatures and flags hold.\n');
    return findings.length === 0;
  } finally {
    data.release();
  }
}

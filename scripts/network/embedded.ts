import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { loadDefinition } from '../../network/definition/index.js';
import { startEmbeddedNetwork, verifyEmbeddedLedger } from '../../network/embedded/index.js';
import { cannotOpen, openDataDirectory, SetupError } from '../data-directory.js';
import { stopOnSignals } from '../shutdown.js';
import type { CommandOptions } from './options.js';

const chaincodePackageDir = join(import.meta.dirname, '../../chaincode-package');

/** The network in one process: this one, until it is told to stop. @returns whether all is well */
export async function runEmbedded(dataDir: string, { command, definition: file }: CommandOptions): Promise<boolean> {
  const definition = loadDefinition(file);
  const dir = join(dataDir, 'network');
  if (command === 'up') {
    const data = openDataDirectory(dataDir);
    const running: { close(): Promise<void> | void }[] = [{ close: data.release }];
    stopOnSignals(running);
    const log = (line: string): void => void process.stderr.write(`${line}\n`);
    const network = await startEmbeddedNetwork({ dataDir: dir, chaincodePackageDir, definition, log }).catch(
      cannotOpen(dir),
    );
    running.push(network);
    process.stdout.write('The network is up until Ctrl-C. Connection profiles for gateways:\n');
    for (const [name, profile] of Object.entries(network.profiles)) {
      process.stdout.write(`  ${name.padEnd(10)} ${profile}\n`);
    }
    return true;
  }
  if (command !== 'verify') {
    throw new SetupError(
      `There is no ${command} from outside: the embedded network lives in the process that started it, writes there, ends with it, and takes its contract from the build when it starts.`,
    );
  }
  if (!existsSync(dir)) throw new SetupError(`There is no embedded network in ${dataDir}.`);
  const data = openDataDirectory(dataDir);
  try {
    const checked = { blocks: 0, transactions: 0, valid: 0 };
    const findings = await verifyEmbeddedLedger(dir, definition, ({ codes }) => {
      checked.blocks += 1;
      checked.transactions += codes.length;
      checked.valid += codes.filter((code) => code === 0).length;
    });
    process.stdout.write(checkedText(checked));
    for (const { blockNum, reason } of findings) {
      process.stdout.write(`NOT WELL: ${blockNum === undefined ? '' : `block ${blockNum}: `}${reason}\n`);
    }
    if (findings.length === 0) process.stdout.write('All of it holds.\n');
    return findings.length === 0;
  } finally {
    data.release();
  }
}

function checkedText({ blocks, transactions, valid }: Record<'blocks' | 'transactions' | 'valid', number>): string {
  return `Checked ${blocks} blocks with ${transactions} transactions, ${valid} of them valid:
  block files    framing, numbers, hash chain, data hashes, metadata, commit hashes
  signatures     the orderer's on each block, the creator's and the endorsers' on each transaction
  policies       of the chaincode and its collections, as defined at the time of each block
  flags          every transaction validated and replayed again: versions, ranges, duplicates
  private data   against the hashes on the channel
  state          rebuilt from the blocks and compared with what is stored: values, history, transactions
  genesis block  this channel's configuration, with the authorities in the data directory
`;
}

import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { findContradictions, TrustError, verifyCheckpoints } from '../verifier/index.js';
import type { Contradiction, Trust, VerifiedCheckpoint } from '../verifier/index.js';
import { readCheckpointDocuments } from './checkpoint-files.js';
import { readTrustFolder } from './trust-folder.js';
import { UsageError } from './usage-error.js';

/** `npm run checkpoints -- compare A B --trust DIR`: whether two sets of checkpoints can be of one ledger, offline. */

const USAGE = `npm run checkpoints -- compare A B --trust DIR [options]

A and B are files of checkpoints, as gateways hand them out, or folders of such files.

  --trust DIR   trust.json and <MSPID>.pem with the authorities of each organization (docs/evidence.md)
  --keep DIR    where checkpoints that contradict one another are put, as evidence (default contradictions)

Exit status: 0 no contradiction, 1 a fork or a cut-off tail, 2 nothing to compare; 64 where the call makes no sense.
`;

const EXIT = { agree: 0, contradict: 1, nothing: 2, usage: 64 } as const;

interface Side {
  name: string;
  documents: Buffer[];
  verified: VerifiedCheckpoint[];
}

function compare(): void {
  const { sides, trustDir, keepDir } = readOptions();
  const trust = readTrustFolder(trustDir);
  const [one, other] = sides.map((name) => readSide(name, trust));
  if (!one || !other) throw new UsageError(USAGE);
  if (one.verified.length === 0 || other.verified.length === 0) {
    process.stdout.write('Nothing was compared.\n');
    process.exitCode = EXIT.nothing;
    return;
  }
  const contradictions = findContradictions(distinct([...one.verified, ...other.verified]));
  for (const contradiction of contradictions) report(contradiction, [...one.documents, ...other.documents], keepDir);
  process.stdout.write(verdict(contradictions.length, keepDir));
  process.exitCode = contradictions.length === 0 ? EXIT.agree : EXIT.contradict;
}

function readOptions() {
  const { values, positionals } = parse();
  const [command, ...sides] = positionals;
  if (command !== 'compare' || sides.length !== 2) throw new UsageError(USAGE);
  if (values.trust === undefined) throw new UsageError(`Name the folder of what you trust.\n\n${USAGE}`);
  return { sides, trustDir: values.trust, keepDir: values.keep };
}

function parse() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: { trust: { type: 'string' }, keep: { type: 'string', default: 'contradictions' } },
    });
  } catch (error) {
    throw new UsageError(`${(error as Error).message}\n\n${USAGE}`);
  }
}

function readSide(name: string, trust: Trust): Side {
  const documents = readCheckpointDocuments(name);
  const { verified, refused } = verifyCheckpoints(documents, trust);
  const heights = verified.map(({ height }) => height);
  const range = heights.length > 0 ? `, of ${Math.min(...heights)} to ${Math.max(...heights)} blocks` : '';
  process.stdout.write(`${name}: ${verified.length} checkpoints${range}\n`);
  for (const { index, code, detail } of refused) {
    process.stdout.write(`${name}: the one on line ${index + 1} is not used: ${code}, ${detail.slice(0, 300)}\n`);
  }
  return { name, documents, verified };
}

/** One that is on both sides is one. */
function distinct(checkpoints: VerifiedCheckpoint[]): VerifiedCheckpoint[] {
  return [...new Map(checkpoints.map((checkpoint) => [checkpoint.sha256, checkpoint])).values()];
}

/** Both are kept as they are: each is signed, and together they show who has signed two ledgers. */
function report(
  { code, detail, between }: Contradiction<VerifiedCheckpoint>,
  documents: readonly Buffer[],
  keepDir: string,
): void {
  process.stdout.write(`${code}: ${detail}\n`);
  mkdirSync(keepDir, { recursive: true });
  for (const { sha256 } of between) {
    const document = documents.find((candidate) => sha256Of(candidate) === sha256);
    if (document) keep(join(keepDir, `${sha256}.json`), document);
  }
}

function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function keep(file: string, document: Buffer): void {
  try {
    writeFileSync(file, document, { flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

function verdict(count: number, keepDir: string): string {
  if (count === 0) return 'No contradiction: all of them can be of one ledger that only grew.\n';
  return `${count} contradictions. Both sides of each are in ${keepDir}: keep them.\n`;
}

try {
  compare();
} catch (error) {
  if (!(error instanceof UsageError || error instanceof TrustError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = EXIT.usage;
}

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { printReport, TrustError, verifyCheckpoints, verifyEvidence } from '../verifier/index.js';
import type { Trust, Verdict, VerifiedCheckpoint, VerifyOptions } from '../verifier/index.js';
import { readCheckpointDocuments } from './checkpoint-files.js';
import { checkExport } from './export/check-export.js';
import { ExportFault, printExport, reportExport, reportExportFault } from './export/export-report.js';
import type { ExportReport } from './export/export-report.js';
import { readFile, readTrustFolder } from './trust-folder.js';
import { UsageError } from './usage-error.js';

/** `npm run verify -- FILE --trust DIR`: checks evidence, or an export in a folder, offline, believing nobody but `DIR`. */

const USAGE = `npm run verify -- FILE --trust DIR [options]

FILE is a file of evidence, or the folder of an export (npm run export), which is checked as a whole.

  --trust DIR        trust.json and <MSPID>.pem with the authorities of each organization, orderers' in orderers/ (docs/evidence.md)
  --challenge TEXT   what the evidence was asked for with
  --checkpoints PATH checkpoints that were kept, a file or a folder: evidence must fit them, and they tell when it came to be
  --allow-demo       takes a demonstration network's evidence for valid
  --json             prints the report as JSON

Exit status: 0 valid, 1 invalid, 2 inconclusive, 3 from a demonstration network; 64 where the call makes no sense.
`;

const EXIT: Record<Verdict, number> = { valid: 0, invalid: 1, inconclusive: 2, demonstration: 3 };
/** As in BSD's sysexits: not one of the verdicts. */
const EXIT_USAGE = 64;

async function verify(): Promise<void> {
  const { file, trustDir, checkpointPath, allowDemo, json, challenge } = readOptions();
  const trust = readTrustFolder(trustDir);
  const checkpoints = checkpointPath === undefined ? undefined : readCheckpoints(checkpointPath, trust);
  const options = { challenge, checkpoints };
  const verifier = digestOfVerifier();
  if (isFolder(file)) {
    const report = await verifyExport(file, trust, options);
    print(report, printExport(report, verifier), { verifier, json, allowDemo });
  } else {
    const report = verifyEvidence(readFile(file), trust, options);
    print(report, printReport(report, verifier), { verifier, json, allowDemo });
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

async function verifyExport(dir: string, trust: Trust, options: VerifyOptions): Promise<ExportReport> {
  try {
    return reportExport(await checkExport(dir, trust, options));
  } catch (error) {
    if (!(error instanceof ExportFault)) throw error;
    return reportExportFault(error);
  }
}

function print(
  report: { verdict: Verdict },
  page: string,
  { verifier, json, allowDemo }: { verifier: string; json: boolean; allowDemo: boolean },
): void {
  process.stdout.write(json ? `${JSON.stringify({ ...report, verifier_sha256: verifier }, null, 2)}\n` : page);
  const isAllowed = report.verdict === 'demonstration' && allowDemo;
  process.exitCode = isAllowed ? EXIT.valid : EXIT[report.verdict];
}

function readOptions() {
  const { values, positionals } = parse();
  const [file, ...more] = positionals;
  if (file === undefined || more.length > 0)
    throw new UsageError(`Name one file of evidence, or one export.\n\n${USAGE}`);
  if (values.trust === undefined) throw new UsageError(`Name the folder of what you trust.\n\n${USAGE}`);
  return {
    file,
    trustDir: values.trust,
    challenge: values.challenge,
    checkpointPath: values.checkpoints,
    allowDemo: values['allow-demo'],
    json: values.json,
  };
}

function parse() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        trust: { type: 'string' },
        challenge: { type: 'string' },
        checkpoints: { type: 'string' },
        'allow-demo': { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    throw new UsageError(`${(error as Error).message}\n\n${USAGE}`);
  }
}

/** Those that hold; what is said of the others goes where it does not disturb the report. */
function readCheckpoints(path: string, trust: Trust): VerifiedCheckpoint[] {
  const { verified, refused } = verifyCheckpoints(readCheckpointDocuments(path), trust);
  for (const { index, code } of refused)
    process.stderr.write(`Checkpoint ${index + 1} of ${path} is not used: ${code}\n`);
  return verified;
}

/** SHA-256 over the verifier's own compiled files and the core's, in the order of their paths. */
function digestOfVerifier(): string {
  const root = join(import.meta.dirname, '..');
  const hash = createHash('sha256');
  const files = ['core', 'verifier'].flatMap((room) =>
    readdirSync(join(root, room), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.js'))
      .map((name) => join(room, name)),
  );
  for (const name of files.sort()) hash.update(`${name}\n`).update(readFileSync(join(root, name)));
  return hash.digest('hex');
}

try {
  await verify();
} catch (error) {
  if (!(error instanceof UsageError || error instanceof TrustError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = EXIT_USAGE;
}

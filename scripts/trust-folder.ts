import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { LIMITS } from '../core/index.js';
import { readTrust } from '../verifier/index.js';
import type { Trust } from '../verifier/index.js';
import { UsageError } from './usage-error.js';

/** What the user trusts, as docs/evidence.md describes the folder. @throws {TrustError} {UsageError} */
export function readTrustFolder(dir: string): Trust {
  const orderers = join(dir, 'orderers');
  const ordererPems = existsSync(orderers) ? readPems(orderers) : new Map<string, string>();
  return readTrust(readFile(join(dir, 'trust.json')).toString(), readPems(dir), ordererPems);
}

/** One byte more than evidence can have is read at most, so that the verifier refuses the file for its size. */
export function readFile(file: string): Buffer {
  try {
    const { size } = statSync(file);
    return size > LIMITS.fullEvidenceBytes ? Buffer.alloc(LIMITS.fullEvidenceBytes + 1) : readFileSync(file);
  } catch {
    throw new UsageError(`The file ${file} cannot be read.`);
  }
}

/** Names of the files in a folder, in order. */
export function listFolder(dir: string): string[] {
  try {
    return readdirSync(dir).sort();
  } catch {
    throw new UsageError(`The folder ${dir} cannot be read.`);
  }
}

function readPems(dir: string): Map<string, string> {
  const names = listFolder(dir).filter((name) => name.endsWith('.pem'));
  return new Map(names.map((name) => [basename(name, '.pem'), readFile(join(dir, name)).toString()]));
}

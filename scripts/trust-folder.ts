import { closeSync, existsSync, openSync, readdirSync, readSync } from 'node:fs';
import { basename, join } from 'node:path';
import { LIMITS } from '../core/index.js';
import { readTrust } from '../verifier/index.js';
import type { Trust } from '../verifier/index.js';
import { UsageError } from './usage-error.js';

const CHUNK_BYTES = 1_048_576;

/** What the user trusts, as docs/evidence.md describes the folder. @throws {TrustError} {UsageError} */
export function readTrustFolder(dir: string): Trust {
  const orderers = join(dir, 'orderers');
  const ordererPems = existsSync(orderers) ? readPems(orderers) : new Map<string, string>();
  return readTrust(readFile(join(dir, 'trust.json')).toString(), readPems(dir), ordererPems);
}

/**
 * One byte more than `most` is read at most, whatever the file is, so that its reader refuses it for its size.
 * @param most by default what evidence can have.
 * @throws {UsageError}
 */
export function readFile(file: string, most: number = LIMITS.fullEvidenceBytes): Buffer {
  try {
    return readUpTo(file, most + 1);
  } catch {
    throw new UsageError(`The file ${file} cannot be read.`);
  }
}

/** Also of what has no size, as a pipe. */
function readUpTo(file: string, most: number): Buffer {
  const descriptor = openSync(file, 'r');
  try {
    const chunks: Buffer[] = [];
    for (let left = most; left > 0;) {
      const chunk = Buffer.allocUnsafe(Math.min(left, CHUNK_BYTES));
      const read = readSync(descriptor, chunk);
      if (read === 0) break;
      chunks.push(chunk.subarray(0, read));
      left -= read;
    }
    return Buffer.concat(chunks);
  } finally {
    closeSync(descriptor);
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

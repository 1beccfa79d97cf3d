import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from './usage-error.js';
import { listFolder } from './trust-folder.js';

/** Files of checkpoints, as gateways hand them out: one document a line. */
const CHECKPOINT_FILE = /\.(ndjson|jsonl|json)$/;

/** The documents of a file, or of all files of a folder. @throws {UsageError} */
export function readCheckpointDocuments(path: string): Buffer[] {
  const files = isFolder(path)
    ? listFolder(path)
        .filter((name) => CHECKPOINT_FILE.test(name))
        .map((name) => join(path, name))
    : [path];
  return files.flatMap(readLines);
}

function readLines(file: string): Buffer[] {
  const lines = readText(file).split('\n');
  return lines.filter((line) => line.trim() !== '').map((line) => Buffer.from(line.trim()));
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    throw new UsageError(`The file ${file} cannot be read.`);
  }
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    throw new UsageError(`${path} cannot be read.`);
  }
}

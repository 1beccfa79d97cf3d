import { statSync } from 'node:fs';
import { join } from 'node:path';
import { LIMITS } from '../core/index.js';
import { listFolder, readFile } from './trust-folder.js';
import { UsageError } from './usage-error.js';

/** Files of checkpoints, as gateways hand them out: one document a line. */
const CHECKPOINT_FILE = /\.(ndjson|jsonl|json)$/;
/** Years of one gateway's checkpoints. */
const MOST_BYTES = 512 * 1_048_576;
const MOST_LINES = 200_000;
const NEWLINE = 0x0a;

/** The documents of a file, or of all files of a folder. @throws {UsageError} */
export function readCheckpointDocuments(path: string): Buffer[] {
  const files = isFolder(path)
    ? listFolder(path)
        .filter((name) => CHECKPOINT_FILE.test(name))
        .map((name) => join(path, name))
    : [path];
  return files.flatMap(readLines);
}

/** Whoever hands them over may have filled the file with anything. */
function readLines(file: string): Buffer[] {
  const bytes = readFile(file, MOST_BYTES);
  if (bytes.length > MOST_BYTES) throw new UsageError(`The file ${file} has more than ${MOST_BYTES} bytes.`);
  const lines: Buffer[] = [];
  for (let start = 0; start < bytes.length;) {
    while (bytes[start] === NEWLINE) start += 1;
    const newline = bytes.indexOf(NEWLINE, start);
    const end = newline < 0 ? bytes.length : newline;
    const line = withoutSpace(bytes.subarray(start, end));
    if (line.length > 0) lines.push(line);
    if (lines.length > MOST_LINES) throw new UsageError(`The file ${file} has more than ${MOST_LINES} checkpoints.`);
    start = end + 1;
  }
  return lines;
}

function withoutSpace(line: Buffer): Buffer {
  if (line.length > LIMITS.checkpointBytes) return line; // which is refused for its size
  return Buffer.from(line.toString().trim());
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    throw new UsageError(`${path} cannot be read.`);
  }
}

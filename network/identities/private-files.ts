import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Files and folders that nobody but their owner can read, from the first byte on. */

export function makeFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
}

/** Writes a new file, with the folders above it. */
export function writeFile(file: string, text: string): void {
  makeFolder(dirname(file));
  writeFileSync(file, text, { mode: 0o600, flag: 'wx', flush: true });
}

/** Puts a new file in the place of one, in one step. */
export function replaceFile(file: string, text: string): void {
  writeFileSync(`${file}.new`, text, { mode: 0o600, flush: true });
  renameSync(`${file}.new`, file);
}

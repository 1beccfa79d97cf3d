import { createHash } from 'node:crypto';
import { createReadStream, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

/** The files of an export, by the folder that it goes to. */
export const LIST = 'events.csv';
export const MANIFEST = 'manifest.json';
export const PROGRESS = 'export.progress.json';

/** The signed answer of which a page of the list is made. */
export function pageFile(out: string, page: number): string {
  return join(out, `pages/${numbered(page)}.evidence.json`);
}

/** Relative to the folder. */
export function receiptFile(rank: number): string {
  return `receipts/${numbered(rank)}.evidence.json`;
}

/** Whole or not at all. */
export function writeWhole(file: string, text: string): void {
  writeFileSync(`${file}.new`, text, { mode: 0o600, flush: true });
  renameSync(`${file}.new`, file);
}

/** SHA-256, in hex. */
export async function digestOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

function numbered(count: number): string {
  return String(count).padStart(6, '0');
}

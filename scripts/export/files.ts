import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

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

function numbered(count: number): string {
  return String(count).padStart(6, '0');
}

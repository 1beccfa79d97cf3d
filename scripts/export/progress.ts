import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { UsageError } from '../usage-error.js';
import { MANIFEST, PROGRESS, writeWhole } from './files.js';

/** Up to where an export has got: all of it is on disk. */
const progress = z.strictObject({
  /** Everything that was asked for, so that nothing else goes on here. */
  request: z.string(),
  recorded_to: z.string(),
  challenge: z.string(),
  pages: z.number().int(),
  rows: z.number().int(),
  /** Length of the list. */
  bytes: z.number().int(),
  cursor: z.string().optional(),
  done: z.boolean(),
});
export type Progress = z.output<typeof progress>;

/** @throws {UsageError} where another export has begun, or ended, in the folder. */
export function readProgress(out: string, request: string): Progress | undefined {
  if (existsSync(join(out, MANIFEST))) throw new UsageError(`There is an export in ${out} already.`);
  if (!existsSync(join(out, PROGRESS))) return undefined;
  const parsed = progress.safeParse(parseOrUndefined(readFileSync(join(out, PROGRESS), 'utf8')));
  if (parsed.success && parsed.data.request === request) return parsed.data;
  throw new UsageError(`Another export has begun in ${out}: take another folder, or remove it.`);
}

export function writeProgress(out: string, value: Progress): void {
  writeWhole(join(out, PROGRESS), JSON.stringify(value));
}

export function removeProgress(out: string): void {
  rmSync(join(out, PROGRESS));
}

function parseOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

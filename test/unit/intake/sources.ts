import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { JsonValue, PostedEventInput } from '../../../core/index.js';
import { mapSource } from '../../../intake/index.js';
import type { MappingOptions } from '../../../intake/index.js';
import { root } from '../../runner/tiers.js';

/** A file to import, as text. */
export interface Source {
  name: string;
  text: string;
  lines: boolean;
}

/** Where traces of real agents are looked for; they are not part of the project. */
export const REAL_TRACES = path.join(root, '../shared/traces');

/** Small sources of our own making, one or more of each format. */
export function fixture(name: string): Source {
  return read(path.join(root, 'test/fixtures/intake', name));
}

export function fixtures(): Source[] {
  return readdirSync(path.join(root, 'test/fixtures/intake')).map(fixture);
}

/** Traces of real agents; none where the folder is absent. */
export function realTraces(): Source[] {
  if (!existsSync(REAL_TRACES)) return [];
  const folders = ['tau-bench', 'swe-agent', 'langfuse', 'openinference', 'logprobs'];
  return folders.flatMap((folder) =>
    readdirSync(path.join(REAL_TRACES, folder)).map((name) => read(path.join(REAL_TRACES, folder, name))),
  );
}

function read(file: string): Source {
  return { name: path.basename(file), text: readFileSync(file, 'utf8'), lines: /\.(txt|jsonl|ndjson)$/.test(file) };
}

export function map({ text, lines }: Source, options: MappingOptions = {}): ReturnType<typeof mapSource> {
  return mapSource(text, { lines, ...options });
}

/** A source made in the test. */
export function mapValue(value: unknown): PostedEventInput[] {
  return mapSource(JSON.stringify(value)).events;
}

/** Documents or lines of a source. */
export function valuesOf({ text, lines }: Source): JsonValue[] {
  const pieces = lines ? text.split('\n').filter((line) => line.trim() !== '') : [text];
  return pieces.map((piece) => JSON.parse(piece) as JsonValue);
}

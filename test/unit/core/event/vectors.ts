import { readFileSync } from 'node:fs';
import type { EventCore, JsonValue, Openings, PostedEventInput } from '../../../../core/index.js';

/** One frozen event: what was posted, what it was sealed into, the canonical text of its core and the hash of that. */
export interface EventVector {
  name: string;
  posted: PostedEventInput;
  openings: Openings & Record<string, { salt: string; value: JsonValue }>;
  core: EventCore;
  canonical: string;
  hash: string;
}

/** Read from the sources: mocha runs in the root of the repository. */
export function readEventVectors(): EventVector[] {
  const file = JSON.parse(readFileSync('test/vectors/event-v1.json', 'utf8')) as { vectors: EventVector[] };
  return file.vectors;
}

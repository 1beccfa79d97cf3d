import { z } from 'zod';
import { compareJson } from '../../../core/index.js';
import type { JsonValue } from '../../../core/index.js';
import { collate } from './collation.js';
import { CouchDbError } from './couchdb-error.js';
import type { MangoPlan } from './mango-plan.js';

/** Where in the order of an answer an entry is: its indexed values (none without an index) and its key. */
export interface Position {
  values: JsonValue[];
  key: Buffer;
}

/** CouchDB's bookmark where there is nothing to go on from. */
export const NO_BOOKMARK = 'nil';

export function comparePositions({ descending }: MangoPlan, left: Position, right: Position): number {
  const order = compareJson(left.values, right.values, collate) || Buffer.compare(left.key, right.key);
  return descending ? -order : order;
}

const storedBookmark = z.tuple([z.string(), z.array(z.json()), z.base64()]);

/** Names the last entry rather than counting entries, so that later writes do not shift the next page. */
export function formatBookmark({ values, key }: Position, plan: MangoPlan): string {
  const parts = [indexName(plan), values, key.toString('base64')];
  return Buffer.from(JSON.stringify(parts)).toString('base64url');
}

/** Undefined where the answer begins. @throws {CouchDbError} invalid_bookmark */
export function parseBookmark(bookmark: string, plan: MangoPlan): Position | undefined {
  if (bookmark === '' || bookmark === NO_BOOKMARK) return undefined;
  try {
    const stored: unknown = JSON.parse(Buffer.from(bookmark, 'base64url').toString());
    const [index, values, key] = storedBookmark.parse(stored);
    if (index === indexName(plan)) return { values, key: Buffer.from(key, 'base64') };
  } catch {
    // Whatever it is, it is no bookmark of ours: the same answer as for one of another query.
  }
  throw new CouchDbError('invalid_bookmark', `Invalid bookmark value: ${JSON.stringify(bookmark.slice(0, 80))}`);
}

function indexName({ index, descending }: MangoPlan): string {
  return `${index ? `${index.ddoc}/${index.name}` : '_all_docs'} ${descending ? 'desc' : 'asc'}`;
}

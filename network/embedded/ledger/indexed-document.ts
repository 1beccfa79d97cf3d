import { fieldAt } from '../../../core/index.js';
import type { JsonObject, JsonValue, Predicate } from '../../../core/index.js';
import { BoundedCache } from '../bounded-cache.js';
import { encodeSortKey, joinSortKeys } from './sort-key.js';

/** The fields that an index sorts by, and which documents it has: those that its filter (JSON) matches, if it has one. */
export interface SortedFields {
  fields: readonly string[];
  paths: readonly string[][];
  filter: string | null;
  matches: Predicate | undefined;
}

/** Names of agents and sessions come again and again, times in several fields. */
const encodedTexts = new BoundedCache<string, string>(2048);
const LONGEST_REMEMBERED = 256;

/**
 * A document on its way into several indexes: each of its fields is encoded once, and looked at once for each filter.
 * Sort keys are byte strings (one character a byte): they compare as their bytes do, and thousands of them are lighter
 * than as many buffers.
 */
export class IndexedDocument {
  readonly #encoded = new Map<string, string | undefined>();
  readonly #matched = new Map<string, boolean>();

  constructor(private readonly document: JsonObject) {}

  /** Undefined where the document is not in the index: a field is missing, or the index is for others. */
  sortKey({ fields, paths, filter, matches }: SortedFields): string | undefined {
    if (matches && !this.matched(filter ?? '', matches)) return undefined;
    const parts: string[] = [];
    for (const [position, field] of fields.entries()) {
      const part = this.encoded(field, paths[position] ?? [field]);
      if (part === undefined) return undefined;
      parts.push(part);
    }
    return joinSortKeys(parts);
  }

  /** What a sort key of its stands for; null where a field is missing. */
  values({ paths }: SortedFields): JsonValue[] {
    return paths.map((path) => fieldAt(this.document, path) ?? null);
  }

  private encoded(field: string, path: string[]): string | undefined {
    if (this.#encoded.has(field)) return this.#encoded.get(field);
    const value = fieldAt(this.document, path);
    const encoded = value === undefined ? undefined : encodeValue(value);
    this.#encoded.set(field, encoded);
    return encoded;
  }

  private matched(filter: string, matches: Predicate): boolean {
    const known = this.#matched.get(filter);
    if (known !== undefined) return known;
    const found = matches(this.document);
    this.#matched.set(filter, found);
    return found;
  }
}

function encodeValue(value: JsonValue): string {
  if (typeof value !== 'string' || value.length > LONGEST_REMEMBERED) return encode(value);
  const known = encodedTexts.get(value);
  if (known !== undefined) return known;
  const encoded = encode(value);
  encodedTexts.set(value, encoded);
  return encoded;
}

function encode(value: JsonValue): string {
  return encodeSortKey([value]).toString('latin1');
}

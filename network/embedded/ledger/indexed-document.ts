import { fieldAt } from '../../../core/index.js';
import type { JsonObject, JsonValue, Predicate } from '../../../core/index.js';
import { encodeSortKey, joinSortKeys } from './sort-key.js';

/** The fields that an index sorts by, and which documents it has. */
export interface SortedFields {
  fields: readonly string[];
  paths: readonly string[][];
  matches?: Predicate | undefined;
}

/**
 * A document on its way into several indexes: each of its fields is encoded once. Sort keys are byte strings (one
 * character a byte): they compare as their bytes do, and thousands of them are lighter than as many buffers.
 */
export class IndexedDocument {
  readonly #encoded = new Map<string, string | undefined>();

  constructor(private readonly document: JsonObject) {}

  /** Undefined where the document is not in the index: a field is missing, or the index is for others. */
  sortKey({ fields, paths, matches }: SortedFields): string | undefined {
    if (matches && !matches(this.document)) return undefined;
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
    const encoded = value === undefined ? undefined : encodeSortKey([value]).toString('latin1');
    this.#encoded.set(field, encoded);
    return encoded;
  }
}

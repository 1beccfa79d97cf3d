import { fieldAt } from '../../../core/index.js';
import type { JsonObject } from '../../../core/index.js';
import { encodeSortKey } from './sort-key.js';

/** The fields that an index sorts by. */
export interface SortedFields {
  fields: readonly string[];
  paths: readonly string[][];
}

/** A document on its way into several indexes: each of its fields is encoded once. */
export class IndexedDocument {
  readonly #encoded = new Map<string, Buffer | undefined>();

  constructor(private readonly document: JsonObject) {}

  /** Undefined where a field is missing: such a document is not in the index. */
  sortKey({ fields, paths }: SortedFields): Buffer | undefined {
    const parts: Buffer[] = [];
    for (const [position, field] of fields.entries()) {
      const part = this.encoded(field, paths[position] ?? [field]);
      if (!part) return undefined;
      parts.push(part);
    }
    return Buffer.concat(parts);
  }

  private encoded(field: string, path: string[]): Buffer | undefined {
    if (this.#encoded.has(field)) return this.#encoded.get(field);
    const value = fieldAt(this.document, path);
    const encoded = value === undefined ? undefined : encodeSortKey([value]);
    this.#encoded.set(field, encoded);
    return encoded;
  }
}

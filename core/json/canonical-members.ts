import { WrittenJson } from './canonical.js';
import type { JsonWriter } from './canonical.js';

/**
 * Members of a text whose values are to be written again as canonical JSON, to be hashed or kept: where they stand so in
 * the text already, they are cut out of it. The values must not be changed after they were read.
 */
export class CanonicalMembers {
  readonly #names: ReadonlySet<string>;
  readonly #maxDepth: number;
  readonly #texts = new Map<unknown, string>();

  /**
   * @param names of the members, wherever they stand.
   * @param maxDepth levels that a value may have; deeper ones are for `WrittenJson.of` to refuse.
   */
  constructor(names: readonly string[], maxDepth: number) {
    this.#names = new Set(names);
    this.#maxDepth = maxDepth;
  }

  has(name: string | number | undefined): boolean {
    return typeof name === 'string' && this.#names.has(name);
  }

  /** @param text canonical JSON of the value, an object or array. */
  note(value: object, text: string, levels: number): void {
    if (levels <= this.#maxDepth) this.#texts.set(value, text);
  }

  /** @throws {AuditError} as `canonicalize` */
  readonly write: JsonWriter = (value) => {
    const text = this.#texts.get(value);
    return text === undefined ? WrittenJson.of(value, this.#maxDepth) : new WrittenJson(text);
  };
}

import type { JsonObject, JsonValue } from '../../core/index.js';
import { decodeJsonText } from '../source/json-text.js';

/** A span's attributes. What is taken stands in a field of the event; `rest` is what remains for its metadata. */
export class Attributes {
  readonly #taken = new Set<string>();

  constructor(private readonly values: JsonObject) {}

  /** The first of these that is text with something in it. */
  text(...keys: string[]): string | undefined {
    return this.#take(keys, (value) => (typeof value === 'string' && value !== '' ? value : undefined));
  }

  /** The first that is a whole number, or text of one. */
  count(...keys: string[]): number | undefined {
    return this.#take(keys, (value) => {
      const number = typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value;
      return Number.isSafeInteger(number) && Number(number) >= 0 ? Number(number) : undefined;
    });
  }

  amount(...keys: string[]): number | undefined {
    return this.#take(keys, (value) => (typeof value === 'number' && value >= 0 ? value : undefined));
  }

  /** The first of these, decoded if it is JSON text; the text stays in `rest` unless it can be made again exactly. */
  value(...keys: string[]): JsonValue | undefined {
    const key = keys.find((name) => this.values[name] !== undefined);
    const value = key === undefined ? undefined : this.values[key];
    if (key === undefined || value === undefined) return undefined;
    const decoded = decodeJsonText(value);
    if (decoded.exact) this.#taken.add(key);
    return decoded.value;
  }

  /** The first that is text, leaving it in `rest`: for what decides something without becoming a field. */
  peek(...keys: string[]): string | undefined {
    return keys.map((key) => this.values[key]).find((value) => typeof value === 'string');
  }

  has(key: string): boolean {
    return this.values[key] !== undefined;
  }

  rest(): JsonObject {
    return Object.fromEntries(Object.entries(this.values).filter(([key]) => !this.#taken.has(key)));
  }

  #take<T>(keys: string[], read: (value: JsonValue | undefined) => T | undefined): T | undefined {
    for (const key of keys) {
      const value = read(this.values[key]);
      if (value === undefined) continue;
      this.#taken.add(key);
      return value;
    }
    return undefined;
  }
}

import type { JsonObject, JsonValue, PostedEventInput } from '../../core/index.js';
import type { Tally } from './tally.js';

/** What whoever imports may say about a source. */
export interface MappingOptions {
  /** Stands for the agent in place of what the source says or does not say; counted as derived. */
  agentId?: string | undefined;
}

/** Maps the values of one source: the one document, or each line of NDJSON. */
export interface ValueMapper {
  map(value: JsonValue): PostedEventInput[];
  /** Events that can be made only when the source has ended. */
  finish?(): PostedEventInput[];
}

export interface Format {
  /** Becomes `source.format`. */
  readonly name: string;
  /** By content, never by file name: the document, or the first line of NDJSON. */
  recognizes(value: JsonValue): boolean;
  open(tally: Tally, options: MappingOptions): ValueMapper;
}

export function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Distinguishes runs that say exactly the same: the second of them is a run of its own. */
export class Occurrences {
  readonly #seen = new Map<string, number>();

  /** The name itself the first time, then with its number. */
  name(name: string): string {
    const count = (this.#seen.get(name) ?? 0) + 1;
    this.#seen.set(name, count);
    return count === 1 ? name : `${name}-${count}`;
  }
}

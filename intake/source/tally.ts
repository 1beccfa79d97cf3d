import type { PostedEventInput } from '../../core/index.js';

/** What became of a source's elements: `elements` is `mapped` plus all of `skipped`. */
export interface MappingReport {
  elements: number;
  mapped: number;
  /** Elements that became no event of their own, by the rule that says why. */
  skipped: Record<string, number>;
  events: number;
  /** Events by the pointer of each field that was derived rather than read. */
  derived: Record<string, number>;
  /** Values kept as base64, because JSON cannot hold them exactly. */
  keptRaw: number;
}

/** Counts while a source is mapped. */
export class Tally {
  #mapped = 0;
  #events = 0;
  #keptRaw = 0;
  readonly #skipped = new Map<string, number>();
  readonly #derived = new Map<string, number>();

  map(elements = 1): void {
    this.#mapped += elements;
  }

  skip(rule: string, elements = 1): void {
    if (elements > 0) this.#skipped.set(rule, (this.#skipped.get(rule) ?? 0) + elements);
  }

  keepRaw(values: number): void {
    this.#keptRaw += values;
  }

  count(events: readonly PostedEventInput[]): void {
    this.#events += events.length;
    for (const { source } of events) {
      for (const pointer of source?.derived ?? []) this.#derived.set(pointer, (this.#derived.get(pointer) ?? 0) + 1);
    }
  }

  report(): MappingReport {
    const skipped = [...this.#skipped.values()].reduce((sum, count) => sum + count, 0);
    return {
      elements: this.#mapped + skipped,
      mapped: this.#mapped,
      skipped: Object.fromEntries(this.#skipped),
      events: this.#events,
      derived: Object.fromEntries(this.#derived),
      keptRaw: this.#keptRaw,
    };
  }
}

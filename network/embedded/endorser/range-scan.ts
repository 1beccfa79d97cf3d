import type { KeyRead, RangeRead, StateEntry } from '../ledger/types.js';

/**
 * A range as far as a simulation has read it. Where it was not read to its end, the recorded end is the last key that
 * was read (included), as Fabric records it for the phantom check at commit.
 */
export class RangeScan implements IterableIterator<StateEntry> {
  readonly #reads: KeyRead[] = [];
  #exhausted = false;

  constructor(
    readonly entries: IterableIterator<StateEntry>,
    readonly startKey: string,
    readonly endKey: string,
  ) {}

  [Symbol.iterator](): this {
    return this;
  }

  next(): IteratorResult<StateEntry> {
    const result = this.entries.next();
    if (result.done) this.#exhausted = true;
    else this.#reads.push({ key: result.value.key, version: result.value.version });
    return result;
  }

  /** The key at which a later scan goes on, empty at the end; it does not count as read. */
  bookmark(): string {
    const next = this.entries.next();
    return next.done ? '' : next.value.key;
  }

  /** Ends the scan where it stands. */
  close(): void {
    this.entries.return?.();
  }

  /** What was read, once the scan has ended. */
  read(): RangeRead {
    const lastKey = this.#reads.at(-1)?.key ?? '';
    return {
      startKey: this.startKey,
      endKey: this.#exhausted ? this.endKey : lastKey,
      exhausted: this.#exhausted,
      reads: this.#reads,
    };
  }
}

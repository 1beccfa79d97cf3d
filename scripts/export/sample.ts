import { createHash } from 'node:crypto';

/**
 * The sample that a seed chooses: the events whose SHA-256 of seed, line feed and locator comes first. Anybody can draw it
 * again from the list, and who records events does not know the seed.
 */
export class Sample {
  readonly #size: number;
  readonly #seed: string;
  #drawn: { rank: string; locator: string }[] = [];

  constructor({ size, seed }: { size: number; seed: string }) {
    this.#size = size;
    this.#seed = seed;
  }

  offer(locators: readonly string[]): void {
    const offered = locators.map((locator) => ({ rank: this.#rankOf(locator), locator }));
    const all = [...this.#drawn, ...offered].sort((one, other) => (one.rank < other.rank ? -1 : 1));
    this.#drawn = all.slice(0, this.#size);
  }

  /** By rank. */
  read(): string[] {
    return this.#drawn.map(({ locator }) => locator);
  }

  #rankOf(locator: string): string {
    return createHash('sha256').update(`${this.#seed}\n${locator}`).digest('hex');
  }
}

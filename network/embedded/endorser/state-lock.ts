/**
 * Keeps simulations and commits apart: any number of simulations, or one commit. A waiting commit goes before new
 * simulations, as with Go's RWMutex on a peer.
 */
export class StateLock {
  #simulations = 0;
  #committing = false;
  readonly #waitingCommits: (() => void)[] = [];
  #waitingSimulations: (() => void)[] = [];

  async simulate<Result>(run: () => Promise<Result>): Promise<Result> {
    while (this.#committing || this.#waitingCommits.length > 0) {
      await new Promise<void>((resolve) => this.#waitingSimulations.push(resolve));
    }
    this.#simulations++;
    try {
      return await run();
    } finally {
      this.#simulations--;
      this.#wake();
    }
  }

  async commit<Result>(run: () => Promise<Result>): Promise<Result> {
    if (this.#committing || this.#simulations > 0) {
      await new Promise<void>((resolve) => this.#waitingCommits.push(resolve));
    }
    this.#committing = true;
    try {
      return await run();
    } finally {
      this.#committing = false;
      this.#wake();
    }
  }

  #wake(): void {
    if (this.#committing || this.#simulations > 0) return;
    const commit = this.#waitingCommits.shift();
    if (commit) {
      this.#committing = true;
      commit();
      return;
    }
    const simulations = this.#waitingSimulations;
    this.#waitingSimulations = [];
    for (const resume of simulations) resume();
  }
}

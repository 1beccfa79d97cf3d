/**
 * Keeps simulations and updates of the state apart: any number of simulations, or one update. A waiting update goes
 * before new simulations, as with Go's RWMutex on a peer. Updates are synchronous.
 */
export class StateLock {
  #simulations = 0;
  #waitingUpdates: (() => void)[] = [];
  #waitingSimulations: (() => void)[] = [];

  async simulate<Result>(run: () => Promise<Result>): Promise<Result> {
    while (this.#waitingUpdates.length > 0) {
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

  /** Resolves once the update is done. */
  async update(change: () => void): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#waitingUpdates.push(() => {
        try {
          change();
          resolve();
        } catch (error) {
          reject(error instanceof Error ? error : new Error('failed'));
        }
      });
      this.#wake();
    });
  }

  #wake(): void {
    if (this.#simulations > 0) return;
    const updates = this.#waitingUpdates;
    this.#waitingUpdates = [];
    for (const update of updates) update();
    const simulations = this.#waitingSimulations;
    this.#waitingSimulations = [];
    for (const resume of simulations) resume();
  }
}

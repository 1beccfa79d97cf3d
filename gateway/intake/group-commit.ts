/** Something that is written to and made durable: `write` is atomic over its body, `sync` returns when it is on disk. */
export interface DurableStore {
  write<T>(body: () => T): T;
  sync(): Promise<void>;
}

interface Job {
  body: () => unknown;
  resolve: (value: unknown) => void;
  reject: (error: unknown) => void;
}

/**
 * Group commit: what is asked for while the disk is busy is written and synced together next, so that many callers
 * share one sync, and a caller on an idle disk waits for its own only.
 */
export class GroupCommit {
  readonly #store: DurableStore;
  #waiting: Job[] = [];
  #running = false;
  #failure: unknown;

  constructor(store: DurableStore) {
    this.#store = store;
  }

  /** @returns what the body gave, once it is on disk. Bodies run in the order of their calls. */
  async run<T>(body: () => T): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#waiting.push({ body, resolve: resolve as Job['resolve'], reject });
      if (!this.#running) void this.#drain();
    });
  }

  async #drain(): Promise<void> {
    this.#running = true;
    while (this.#waiting.length > 0) {
      const jobs = this.#waiting;
      this.#waiting = [];
      try {
        for (const [index, value] of (await this.#commit(jobs)).entries()) jobs[index]?.resolve(value);
      } catch (error) {
        for (const { reject } of jobs) reject(error);
      }
    }
    this.#running = false;
  }

  async #commit(jobs: readonly Job[]): Promise<unknown[]> {
    // After a failed sync nobody knows what is on disk: a later one that succeeds says nothing about it.
    if (this.#failure !== undefined) throw new Error('the journal failed before', { cause: this.#failure });
    const values = this.#store.write(() => jobs.map(({ body }) => body()));
    try {
      await this.#store.sync();
    } catch (error) {
      this.#failure = error;
      throw error;
    }
    return values;
  }
}

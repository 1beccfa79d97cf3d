import type { Attempt } from './attempt.js';

/** A transaction that takes longer is taken for one that will not end well. */
const SLOW_MS = 5000;
const PROBES_APART_MS = 1000;

/**
 * Whether events can be recorded, judged by what became of the last transactions. Reads may work while nothing can be
 * written: a full disk, no orderers, too few endorsers.
 */
export class RecordingHealth {
  readonly #startedAtMs = new Set<{ ms: number }>();
  /** `sent`: nobody knows whether it was ordered; its events are sent again until they are on the ledger. */
  #failed: 'no' | 'before it was sent' | 'sent' = 'no';
  #probedAtMs = 0;

  /** @param probe does what comes before a transaction is sent, and writes nothing. Rejects where that fails. */
  constructor(private readonly probe: () => Promise<void>) {}

  /** Where the last failure came before anything was sent, tries that again; what was sent is tried by its events. */
  async canRecord(): Promise<boolean> {
    const oldest = Math.min(...[...this.#startedAtMs].map(({ ms }) => ms));
    if (Date.now() - oldest > SLOW_MS) return false;
    if (this.#failed === 'before it was sent') await this.#probeAgain();
    return this.#failed === 'no';
  }

  /** Learns from how a transaction ends. */
  async observe(transaction: () => Promise<Attempt>): Promise<Attempt> {
    const started = { ms: Date.now() };
    this.#startedAtMs.add(started);
    try {
      const attempt = await transaction();
      this.#learn(attempt.kind);
      return attempt;
    } catch (error) {
      this.#learn('unavailable');
      throw error;
    } finally {
      this.#startedAtMs.delete(started);
    }
  }

  #learn(kind: Attempt['kind']): void {
    if (kind === 'answered' || kind === 'invalidated') this.#failed = 'no';
    else if (kind === 'unknown') this.#failed = 'sent';
    else if (kind === 'unavailable' && this.#failed === 'no') this.#failed = 'before it was sent';
  }

  async #probeAgain(): Promise<void> {
    if (Date.now() - this.#probedAtMs < PROBES_APART_MS) return;
    this.#probedAtMs = Date.now();
    try {
      await this.probe();
      if (this.#failed === 'before it was sent') this.#failed = 'no';
    } catch {
      // It stays as it was.
    }
  }
}

import type { PrivateWriteSet } from './private-simulation.js';

interface Entry {
  writes: PrivateWriteSet[];
  bytes: number;
  expiresMs: number;
}

const RETENTION_MS = 15 * 60_000;
const CAPACITY_BYTES = 256 * 1_048_576;

/**
 * Private writes between endorsement and commit, in memory. What is not submitted in time is forgotten, and when the
 * store is full the oldest goes first; a submission without its private writes is refused, never committed without them.
 */
export class TransientStore {
  readonly #entries = new Map<string, Entry>();
  #bytes = 0;

  constructor(
    readonly capacityBytes = CAPACITY_BYTES,
    readonly now: () => number = Date.now,
  ) {}

  put(txId: string, writes: PrivateWriteSet[]): void {
    if (writes.length === 0) return;
    this.delete(txId);
    const bytes = writes.reduce((sum, { rwset }) => sum + rwset.length, 0);
    this.#entries.set(txId, { writes, bytes, expiresMs: this.now() + RETENTION_MS });
    this.#bytes += bytes;
    this.#forget();
  }

  /** The writes of a submitted transaction, kept from now on until they are deleted. */
  hold(txId: string): PrivateWriteSet[] {
    const entry = this.#entries.get(txId);
    if (entry) entry.expiresMs = Infinity;
    return this.get(txId);
  }

  get(txId: string): PrivateWriteSet[] {
    return this.#entries.get(txId)?.writes ?? [];
  }

  delete(txId: string): void {
    const entry = this.#entries.get(txId);
    if (!entry) return;
    this.#bytes -= entry.bytes;
    this.#entries.delete(txId);
  }

  #forget(): void {
    const now = this.now();
    for (const [txId, { expiresMs }] of this.#entries) {
      if (expiresMs === Infinity) continue;
      if (expiresMs > now && this.#bytes <= this.capacityBytes) return;
      this.delete(txId);
    }
  }
}

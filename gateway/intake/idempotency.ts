import { AuditError } from '../../core/index.js';
import type { EventResult, IdempotencyKey, Entry } from './entry.js';
import type { Journal } from './journal.js';

/** How the event at a position of the request is recorded, if no answer to it is known yet. */
export type RecordMissing = (
  positions: ReadonlySet<number>,
  key: IdempotencyKey | undefined,
) => Map<number, Promise<EventResult>>;

/**
 * One key, one content, one answer: a repeat gets the first answer, also while the first is in flight and after a
 * restart. Only what was accepted for recording counts; a refused request leaves its key free.
 */
export class Idempotency {
  readonly #journal: Journal;
  readonly #inFlight = new Map<string, { digest: string; results: Promise<EventResult>[] }>();
  /** Events that an earlier run of the gateway left unsettled. */
  readonly #resumed = new Map<string, Promise<EventResult>>();

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  /** @throws {AuditError} IDEMPOTENCY_CONFLICT */
  once(asked: IdempotencyKey, count: number, recordMissing: RecordMissing): Promise<EventResult>[] {
    const name = JSON.stringify([asked.subject, asked.key]);
    const running = this.#inFlight.get(name);
    if (running) {
      requireSameContent(asked, running.digest);
      return running.results.map(asRepeat);
    }
    const key = this.#journal.findKey(asked.subject, asked.key) ?? asked;
    requireSameContent(asked, key.digest);
    const results = this.#complete(key, count, recordMissing);
    this.#inFlight.set(name, { digest: key.digest, results });
    void Promise.all(results).then(() => this.#inFlight.delete(name));
    return results;
  }

  /** An event of the journal that is sent again after a restart. */
  resume({ key, position }: NonNullable<Entry['idempotency']>, result: Promise<EventResult>): void {
    const name = resumedName(key, position);
    this.#resumed.set(name, result);
    void result.then(() => this.#resumed.delete(name));
  }

  #complete(key: IdempotencyKey, count: number, recordMissing: RecordMissing): Promise<EventResult>[] {
    const receipts = this.#journal.receiptsOf(key);
    const known = (position: number): Promise<EventResult> | undefined => {
      const receipt = receipts.get(position);
      if (receipt) return Promise.resolve({ status: 'duplicate', receipt });
      const resumed = this.#resumed.get(resumedName(key, position));
      return resumed && asRepeat(resumed);
    };
    const results = Array.from({ length: count }, (_, position) => known(position));
    const missing = recordMissing(new Set([...results.keys()].filter((position) => !results[position])), key);
    return results.map((result, position) => {
      const found = result ?? missing.get(position);
      if (!found) throw new Error(`nothing was done for position ${position}`);
      return found;
    });
  }
}

async function asRepeat(result: Promise<EventResult>): Promise<EventResult> {
  const settled = await result;
  return settled.status === 'recorded' ? { ...settled, status: 'duplicate' } : settled;
}

function requireSameContent(asked: IdempotencyKey, digest: string): void {
  if (asked.digest === digest) return;
  throw new AuditError('IDEMPOTENCY_CONFLICT', 'The idempotency key was used with other content before.');
}

function resumedName(key: IdempotencyKey, position: number): string {
  return `${key.id ?? ''}:${position}`;
}

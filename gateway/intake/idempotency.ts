import { AuditError } from '../../core/index.js';
import type { Asked, EventResult, KeptRequest } from './entry.js';
import type { Journal } from './journal.js';

/** What is done with events: their results by position, and when those that are only accepted are on disk. */
export interface Recording {
  results: Map<number, Promise<EventResult>>;
  onDisk: Promise<void> | undefined;
}

/** How the events at some positions of the request are recorded, if nothing is known of them yet. */
export type RecordMissing = (request: KeptRequest, positions: ReadonlySet<number>) => Recording;

/** What is done for a request. `onDisk` only where its client does not wait for the results. */
export interface Handled {
  request: KeptRequest;
  results: Promise<EventResult>[];
  onDisk: Promise<void> | undefined;
}

/**
 * One key, one content, one answer: a repeat gets the first answer, also while the first is in flight and after a
 * restart. Only what was accepted for recording counts; a refused request leaves its key free.
 */
export class Idempotency {
  readonly #journal: Journal;
  readonly #inFlight = new Map<string, Handled>();
  /** Events that an earlier run of the gateway left unsettled. */
  readonly #resumed = new Map<string, Promise<EventResult>>();

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  /** @throws {AuditError} IDEMPOTENCY_CONFLICT */
  once(asked: KeptRequest & { key: string }, recordMissing: RecordMissing): Handled {
    const name = JSON.stringify([asked.subject, asked.key]);
    const running = this.#inFlight.get(name);
    if (running) {
      requireSameContent(asked, running.request);
      return { ...running, results: running.results.map(asRepeat) };
    }
    const request = this.#journal.findKey(asked.subject, asked.key) ?? asked;
    requireSameContent(asked, request);
    const handled = this.#complete(request, recordMissing);
    this.#inFlight.set(name, handled);
    void Promise.all(handled.results).then(() => this.#inFlight.delete(name));
    return handled;
  }

  /** An event of the journal that is sent again after a restart. */
  resume({ request, position }: Asked, result: Promise<EventResult>): void {
    const name = resumedName(request, position);
    this.#resumed.set(name, result);
    void result.then(() => this.#resumed.delete(name));
  }

  #complete(request: KeptRequest, recordMissing: RecordMissing): Handled {
    const kept = this.#journal.resultsOf(request);
    const known = (position: number): Promise<EventResult> | undefined => {
      const result = kept.get(position);
      if (result && 'receipt' in result) return Promise.resolve({ ...result, status: 'duplicate' });
      const resumed = this.#resumed.get(resumedName(request, position));
      return resumed && asRepeat(resumed);
    };
    const results = Array.from({ length: request.events }, (_, position) => known(position));
    const missing = recordMissing(request, new Set([...results.keys()].filter((position) => !results[position])));
    const complete = results.map((result, position) => {
      const found = result ?? missing.results.get(position);
      if (!found) throw new Error(`nothing was done for position ${position}`);
      return found;
    });
    return { request, results: complete, onDisk: missing.onDisk };
  }
}

async function asRepeat(result: Promise<EventResult>): Promise<EventResult> {
  const settled = await result;
  return settled.status === 'recorded' ? { ...settled, status: 'duplicate' } : settled;
}

function requireSameContent(asked: KeptRequest, known: KeptRequest): void {
  if (asked.digest === known.digest) return;
  throw new AuditError('IDEMPOTENCY_CONFLICT', 'The idempotency key was used with other content before.');
}

function resumedName({ submission }: KeptRequest, position: number): string {
  return `${submission}:${position}`;
}

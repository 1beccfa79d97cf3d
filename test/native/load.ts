import { setTimeout as delay } from 'node:timers/promises';
import type { Receipt } from '../../gateway/intake/receipt.js';
import type { BatchAnswer } from '../../gateway/routes/batch-answer.js';
import type { Api } from '../support/api.js';
import { newEvent, newSession } from '../support/events.js';

const EVENTS_PER_POST = 5;
const PAUSE_MS = 100;

type PostedEvent = ReturnType<typeof newEvent>;

/** One session that is posted to all the time, one batch after the other; what is not acknowledged is posted again. */
class Poster {
  readonly sessionId = newSession();
  /** Own event ids and what was acknowledged of them. */
  readonly acknowledged = new Map<string, Receipt>();
  batches = 0;

  async run(api: Api, stopped: AbortSignal): Promise<void> {
    while (!stopped.aborted) {
      let missing = Array.from({ length: EVENTS_PER_POST }, (_, index) =>
        newEvent({ session_id: this.sessionId, event_id: `${this.sessionId}-${this.batches}-${index}` }),
      );
      while (missing.length > 0) missing = await this.#post(api, missing);
      this.batches++;
    }
  }

  /** @returns what has to be posted again. */
  async #post(api: Api, events: PostedEvent[]): Promise<PostedEvent[]> {
    const answer = await api.post('/v1/events', { events });
    const results = answer.status === 200 || answer.status === 207 ? (answer.json() as BatchAnswer).results : [];
    const missing = events.filter((event, index) => {
      const result = results[index];
      if (result?.status === 'conflict' || result?.status === 'invalid') throw new Error(answer.text);
      if (!result?.receipt) return true;
      this.acknowledged.set(event.event_id ?? '', result.receipt);
      return false;
    });
    if (missing.length > 0) await delay(PAUSE_MS);
    return missing;
  }
}

/** Sessions that one gateway is told of at the same time. */
export class Load {
  readonly posters: readonly Poster[];
  readonly #stop = new AbortController();
  readonly #ended: Promise<unknown>;

  constructor(api: Api, sessions: number) {
    this.posters = Array.from({ length: sessions }, () => new Poster());
    this.#ended = Promise.all(this.posters.map((poster) => poster.run(api, this.#stop.signal)));
  }

  /** Waits until every session has had an event acknowledged that was posted after this call. @returns milliseconds */
  async untilAcknowledging(): Promise<number> {
    const start = Date.now();
    const before = this.posters.map(({ batches }) => batches);
    const goesOn = () => this.posters.every(({ batches }, index) => batches >= (before[index] ?? 0) + 2);
    while (!goesOn()) await Promise.race([delay(20), this.#ended.then(() => undefined)]);
    return Date.now() - start;
  }

  /** Resolves when everything that was posted is acknowledged. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#ended;
  }
}

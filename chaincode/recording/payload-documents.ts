import { LIMITS } from '../../core/index.js';
import type { PayloadPlace, WrittenOpenings } from '../../core/index.js';
import type { LedgerState } from '../state/ledger-state.js';
import type { CheckedEvent } from './check-event.js';
import type { RecordPart } from './split-records.js';

type PayloadState = Pick<LedgerState, 'putPayload'>;

/**
 * The private side of one transaction: small records share a document. Each private key is two more documents at every peer,
 * itself and its hash, and with CouchDB they are half of what a single event costs.
 */
export class PayloadDocuments {
  readonly #state: PayloadState;
  #document = 0;
  #openings: WrittenOpenings[] = [];
  #bytes = 0;

  constructor(state: PayloadState) {
    this.#state = state;
  }

  /** Takes the openings of a record's events; they stay together. Events without values need none. */
  add({ events, bytes }: RecordPart): PayloadPlace | undefined {
    if (!events.some(commitsToValues)) return undefined;
    if (!this.#hasRoomFor(events.length, bytes)) this.flush();
    const place = { document: this.#document, index: this.#openings.length };
    this.#openings.push(...events.map(({ openings }) => openings));
    this.#bytes += bytes;
    return place;
  }

  /** Puts what was taken since. */
  flush(): void {
    if (this.#openings.length === 0) return;
    this.#state.putPayload(this.#document, this.#openings);
    this.#document += 1;
    this.#openings = [];
    this.#bytes = 0;
  }

  #hasRoomFor(events: number, bytes: number): boolean {
    return this.#openings.length + events <= LIMITS.eventsPerPayload && this.#bytes + bytes <= LIMITS.payloadBytes;
  }
}

function commitsToValues({ event }: CheckedEvent): boolean {
  return Object.keys(event.core.commitments).length > 0;
}

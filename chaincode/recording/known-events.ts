import { compareContent, formatLocator } from '../../core/index.js';
import type { Head, Locator, Openings, Submission } from '../../core/index.js';
import { findRecord } from '../reading/find-event.js';
import type { RecordDocument } from '../state/documents.js';
import { headKey } from '../state/keys.js';
import type { LedgerState } from '../state/ledger-state.js';
import type { KnownEvent } from './judge-group.js';

/**
 * Own ids that earlier groups of the same transaction have taken, with their locators: the state does not show a
 * transaction its own writes.
 */
export type TakenIds = Map<string, string>;

/** Looks up what stands on the ledger for the events of one group. */
export class KnownEvents {
  readonly #state: LedgerState;
  readonly #head: Head | undefined;
  readonly #taken: TakenIds;
  /** A repeated group asks for one event of a record after the other. */
  #lastFound: RecordDocument | undefined;

  constructor(state: LedgerState, head: Head | undefined, taken: TakenIds) {
    this.#state = state;
    this.#head = head;
    this.#taken = taken;
  }

  /** One read where the event has an own id, none where it is new. */
  async find(event: Submission): Promise<KnownEvent> {
    const byId = await this.#findById(event);
    if (byId || !this.#head || event.core.seq > this.#head.seq) return { byId };
    const record = await this.#record(event.core);
    return { hashAtPlace: record && storedEvent(record, event.core.seq)?.hash };
  }

  async #findById(event: Submission): Promise<KnownEvent['byId']> {
    const { event_id: eventId, owner } = event.core;
    if (eventId === undefined) return undefined;
    const takenBy = this.#taken.get(eventId);
    // Another group is another session, and that alone makes another content.
    if (takenBy !== undefined) return { locator: takenBy, same: false, compared: 'content' };
    const alias = await this.#state.alias(owner, eventId);
    if (!alias) return undefined;
    const record = await this.#record(alias);
    const stored = record && storedEvent(record, alias.seq);
    if (!stored) throw new Error(`the alias of ${eventId} leads nowhere`);
    const locator = formatLocator(stored.core);
    if (stored.hash === event.hash) return { locator, same: true, compared: 'hash' };
    const openings = await storedOpenings(this.#state, record, alias.seq);
    return { locator, ...compareContent({ core: stored.core, openings }, event) };
  }

  async #record(locator: Locator): Promise<RecordDocument | undefined> {
    if (!this.#lastFound || !holdsEvent(this.#lastFound, locator)) {
      this.#lastFound = await findRecord(this.#state, locator);
    }
    return this.#lastFound;
  }
}

function holdsEvent(record: RecordDocument, locator: Locator): boolean {
  const isInRange = record.first_seq <= locator.seq && locator.seq <= record.last_seq;
  return isInRange && headKey(record) === headKey(locator);
}

async function storedOpenings(state: LedgerState, record: RecordDocument, seq: number): Promise<Openings | undefined> {
  if (record.payload === 'none') return {};
  const openings = await state.openings(record);
  return openings?.[seq - record.first_seq];
}

function storedEvent(record: RecordDocument, seq: number) {
  return record.events[seq - record.first_seq];
}

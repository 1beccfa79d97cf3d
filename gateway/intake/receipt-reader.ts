import { formatSession, LIMITS, parseEventRef } from '../../core/index.js';
import type { EventView, Locator } from '../../core/index.js';
import type { LedgerReader, LedgerTransaction } from '../ledger/audit-ledger.js';
import { createReceipt } from './receipt.js';
import type { Receipt } from './receipt.js';

const CACHED_TRANSACTIONS = 1000;

/** What is asked for within one turn, by session: a repeated batch is read in a few ranges, not event by event. */
interface Asked {
  locator: Locator;
  resolve: (view: EventView | undefined) => void;
  reject: (error: unknown) => void;
}

/** Receipts of events that are on the ledger already, from the ledger. Committed transactions never change. */
export class ReceiptReader {
  readonly #ledger: LedgerReader;
  readonly #transactions = new Map<string, Promise<LedgerTransaction | undefined>>();
  readonly #asked = new Map<string, Asked[]>();

  constructor(ledger: LedgerReader) {
    this.#ledger = ledger;
  }

  /** The receipt of an event by its locator; `undefined` where the peer does not have it (yet). */
  async byLocator(text: string): Promise<Receipt | undefined> {
    const ref = parseEventRef(text);
    const view = ref.kind === 'locator' ? await this.#readEvent(ref.locator) : undefined;
    const transaction = view && (await this.#transaction(view.tx_id));
    return transaction && createReceipt(view, { ...transaction, recordedAt: view.recorded_at });
  }

  #readEvent(locator: Locator): Promise<EventView | undefined> {
    if (this.#asked.size === 0) setImmediate(() => this.#readAsked());
    const session = formatSession(locator);
    return new Promise((resolve, reject) => {
      this.#asked.set(session, [...(this.#asked.get(session) ?? []), { locator, resolve, reject }]);
    });
  }

  #readAsked(): void {
    for (const asked of this.#asked.values()) {
      asked.sort((a, b) => a.locator.seq - b.locator.seq);
      for (const range of cutRanges(asked)) void this.#readRange(range);
    }
    this.#asked.clear();
  }

  async #readRange(range: Asked[]): Promise<void> {
    const [first, last] = [range[0], range.at(-1)];
    if (!first || !last) return;
    const { owner, agent_id, session_id, seq } = first.locator;
    const limit = last.locator.seq - seq + 1;
    try {
      const views = await this.#ledger.readSession({ owner, agent_id, session_id }, { from_seq: seq, limit });
      for (const { locator, resolve } of range) resolve(views[locator.seq - seq]);
    } catch (error) {
      for (const { reject } of range) reject(error);
    }
  }

  #transaction(txId: string): Promise<LedgerTransaction | undefined> {
    const cached = this.#transactions.get(txId);
    if (cached) return cached;
    if (this.#transactions.size >= CACHED_TRANSACTIONS) this.#transactions.clear();
    const read = this.#ledger.findTransaction(txId);
    this.#transactions.set(txId, read);
    const forget = () => this.#transactions.delete(txId);
    read.then((found) => found ?? forget(), forget);
    return read;
  }
}

/** Runs that one page of the session holds. */
function cutRanges(sorted: readonly Asked[]): Asked[][] {
  const ranges: Asked[][] = [];
  for (const asked of sorted) {
    const range = ranges.at(-1);
    const start = range?.[0]?.locator.seq ?? -Infinity;
    if (range && asked.locator.seq - start < LIMITS.eventsPerPage) range.push(asked);
    else ranges.push([asked]);
  }
  return ranges;
}

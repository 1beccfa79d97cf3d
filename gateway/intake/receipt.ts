import { z } from 'zod';
import { formatLocator } from '../../core/index.js';
import type { EventCore, EventView } from '../../core/index.js';
import type { LedgerReader, LedgerTransaction } from '../ledger/audit-ledger.js';

/** What a client gets for a recorded event. */
export const receipt = z
  .strictObject({
    event_id: z.string().meta({ description: "The caller's own id, else the locator." }),
    locator: z.string().meta({ description: 'owner~agent~session~seq: names the event on the ledger.' }),
    owner: z.string(),
    hash: z.string(),
    seq: z.number().int(),
    tx_id: z.string(),
    block_number: z.number().int(),
    recorded_at: z.string(),
    endorsed_by: z.array(z.string()).meta({
      description: 'Organizations whose endorsement signatures this gateway verified up to their roots.',
    }),
  })
  .meta({ id: 'Receipt' });
export type Receipt = z.output<typeof receipt>;

/** Where and by whom a transaction was committed. */
export interface CommitProof {
  txId: string;
  blockNumber: number;
  recordedAt: string;
  endorsedBy: string[];
}

export function createReceipt(event: { core: EventCore; hash: string }, proof: CommitProof): Receipt {
  const { core, hash } = event;
  const locator = formatLocator(core);
  return {
    event_id: core.event_id ?? locator,
    locator,
    owner: core.owner,
    hash,
    seq: core.seq,
    tx_id: proof.txId,
    block_number: proof.blockNumber,
    recorded_at: proof.recordedAt,
    endorsed_by: proof.endorsedBy,
  };
}

const CACHED_TRANSACTIONS = 1000;

/** Receipts of events that are on the ledger already, from the ledger. Committed transactions never change. */
export class ReceiptReader {
  readonly #ledger: LedgerReader;
  readonly #transactions = new Map<string, Promise<LedgerTransaction | undefined>>();

  constructor(ledger: LedgerReader) {
    this.#ledger = ledger;
  }

  /** The receipt of an event by its locator; `undefined` where the peer does not have it (yet). */
  async byLocator(locator: string): Promise<Receipt | undefined> {
    const view = await this.#ledger.readEvent(locator);
    return view ? this.ofView(view) : undefined;
  }

  async ofView(view: EventView): Promise<Receipt | undefined> {
    const transaction = await this.#transaction(view.tx_id);
    return transaction && createReceipt(view, { ...transaction, recordedAt: view.recorded_at });
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

import type { Ledger } from '../ledger/types.js';
import type { Signer } from '../msp/signer.js';
import { newBlock } from '../wire/new-block.js';
import { ReceivedEnvelope } from '../wire/received-envelope.js';
import type { OrderedBlock } from '../committer/committer.js';

export interface BatchLimits {
  maxMessages: number;
  preferredMaxBytes: number;
}

export type BroadcastAnswer =
  { status: 'SUCCESS' } | { status: 'BAD_REQUEST' | 'FORBIDDEN' | 'SERVICE_UNAVAILABLE'; info: string };

export interface OrdererOptions {
  signer: Signer;
  ledger: Ledger;
  limits: BatchLimits;
  /** Checks an envelope before it is taken. */
  admit: (envelope: ReceivedEnvelope) => BroadcastAnswer;
  /** Hands a block over; resolves when it is committed. */
  deliver: (block: OrderedBlock) => Promise<unknown>;
  /** Called once, when the ledger fails: nothing is taken any more. */
  onFailure: (error: Error) => void;
}

/** Envelopes that wait for a block; beyond it broadcasts are refused. */
const QUEUE_LIMIT_BYTES = 256 * 1_048_576;

/**
 * The ordering service as one signing node: it takes envelopes, and whenever the committer is idle it cuts what has
 * come together into a block. No timer: a single transaction never waits for company.
 */
export class Orderer {
  #queue: ReceivedEnvelope[] = [];
  #queuedBytes = 0;
  #running: Promise<void> | undefined;
  #stopped: string | undefined;

  readonly #options: OrdererOptions;

  constructor(options: OrdererOptions) {
    this.#options = options;
  }

  get mspId(): string {
    return this.#options.signer.mspId;
  }

  broadcast(bytes: Uint8Array): BroadcastAnswer {
    if (this.#stopped !== undefined) return { status: 'SERVICE_UNAVAILABLE', info: this.#stopped };
    if (this.#queuedBytes + bytes.length > QUEUE_LIMIT_BYTES) {
      return { status: 'SERVICE_UNAVAILABLE', info: 'the queue is full' };
    }
    const envelope = new ReceivedEnvelope(bytes);
    const answer = this.#options.admit(envelope);
    if (answer.status !== 'SUCCESS') return answer;
    this.#queue.push(envelope);
    this.#queuedBytes += bytes.length;
    this.#running ??= this.#run();
    return answer;
  }

  /** Takes no more, and resolves when all that was taken is committed. */
  async close(): Promise<void> {
    this.#stopped ??= 'the orderer is shutting down';
    await this.#running;
  }

  async #run(): Promise<void> {
    try {
      // Envelopes that arrive in the same turn of the event loop share a block.
      await new Promise((resolve) => setImmediate(resolve));
      while (this.#queue.length > 0) await this.#options.deliver(this.#cut());
    } catch (error) {
      this.#stopped = 'the ledger cannot commit';
      this.#queue = [];
      this.#options.onFailure(error instanceof Error ? error : new Error('failed'));
    } finally {
      this.#running = undefined;
    }
  }

  #cut(): OrderedBlock {
    let count = 0;
    let bytes = 0;
    for (const { bytes: envelope } of this.#queue) {
      const full =
        count >= this.#options.limits.maxMessages || bytes + envelope.length > this.#options.limits.preferredMaxBytes;
      if (count > 0 && full) break;
      count++;
      bytes += envelope.length;
    }
    const envelopes = this.#queue.splice(0, count);
    this.#queuedBytes -= bytes;
    const { height, currentBlockHash } = this.#options.ledger.chainInfo();
    const serialized = envelopes.map((envelope) => envelope.bytes);
    return { envelopes, block: newBlock(height, currentBlockHash, serialized, this.#options.signer) };
  }
}

import type { Channel } from '../channel.js';
import {
  ValidationCode,
  type BlockParts,
  type CommittedBlock,
  type ParsedTransaction,
  type PrivateWrites,
} from '../ledger/types.js';
import type { ReceivedEnvelope } from '../wire/received-envelope.js';
import type { CommitFeed } from './commit-feed.js';
import { validateTransaction } from './validate-transaction.js';

/** A block as the orderer cut it. */
export interface OrderedBlock {
  /** With the orderer's metadata. */
  block: BlockParts;
  envelopes: readonly ReceivedEnvelope[];
}

/** Validates ordered blocks, commits them with their private data, and tells who waits for it. */
export class Committer {
  constructor(
    readonly channel: Channel,
    readonly feed: CommitFeed,
  ) {}

  /** Resolves when the block is durable and readable. */
  async commit({ block, envelopes }: OrderedBlock): Promise<CommittedBlock> {
    const { ledger, stateLock, transientStore, ...rules } = this.channel;
    const transactions = envelopes.map((envelope) => validateTransaction(envelope, rules));
    const privateWrites = transactions.flatMap((transaction, txNum) => this.#privateWritesOf(transaction, txNum));
    // Simulations go on with the state before the block until the block is on the disk.
    const committed = await ledger.commit(block, transactions, privateWrites, (update) => stateLock.update(update));
    for (const { txId } of transactions) transientStore.delete(txId);
    this.feed.publish(committed);
    setImmediate(() => ledger.followUp());
    return committed;
  }

  #privateWritesOf({ txId, code }: ParsedTransaction, txNum: number): PrivateWrites[] {
    if (code !== ValidationCode.VALID) return [];
    return this.channel.transientStore.get(txId).map((writes) => ({ ...writes, txNum }));
  }
}

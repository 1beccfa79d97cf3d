import { join } from 'node:path';
import { BlockIndex } from './block-index.js';
import type { IndexedBlock, IndexedTransaction } from './block-index.js';
import { CollectionLifetimes } from './collection-lifetimes.js';
import { IndexDatabase } from './index-database.js';
import { MangoIndexes } from './mango-indexes.js';
import { RichQueries } from './rich-query.js';
import { SealedFiles } from './sealed-files.js';
import { StateCache } from './state-cache.js';
import { StateReads } from './state-reads.js';
import { StateWrites } from './state-writes.js';
import type { UpdateBatch } from './update-batch.js';

/** A block with what it does, ready for the index. */
export interface AppliedBlock extends IndexedBlock {
  transactions: IndexedTransaction[];
  updates: UpdateBatch;
}

export function indexPath(dir: string, channel: string): string {
  return join(dir, 'index', `${channel}.sqlite`);
}

/** Everything that can be made again from blocks and private data: it has whole blocks only. */
export class LedgerIndex {
  readonly blocks: BlockIndex;
  readonly state: StateReads;
  readonly mango: MangoIndexes;
  readonly queries: RichQueries;
  readonly lifetimes: CollectionLifetimes;
  readonly sealed: SealedFiles;
  readonly #writes: StateWrites;

  constructor(readonly database: IndexDatabase) {
    this.blocks = new BlockIndex(database);
    const cache = new StateCache();
    this.state = new StateReads(database, cache);
    this.mango = new MangoIndexes(database);
    this.queries = new RichQueries(database, this.mango);
    this.lifetimes = new CollectionLifetimes(database);
    this.sealed = new SealedFiles(database);
    this.#writes = new StateWrites(database, cache, this.mango, this.lifetimes);
  }

  apply(block: AppliedBlock): void {
    this.database.append(() => this.#add(block));
  }

  /** Several blocks in one transaction, for a rebuild. */
  applyAll(blocks: readonly AppliedBlock[]): void {
    this.database.transaction(() => {
      for (const block of blocks) this.#add(block);
    });
  }

  close(): void {
    try {
      this.mango.writeAll();
    } finally {
      this.database.close();
    }
  }

  #add(block: AppliedBlock): void {
    this.blocks.add(block, block.transactions);
    this.#writes.apply(block.number, block.updates);
  }
}

import { join } from 'node:path';
import { BlockIndex } from './block-index.js';
import type { IndexedBlock, IndexedTransaction } from './block-index.js';
import { CollectionLifetimes } from './collection-lifetimes.js';
import { IndexDatabase } from './index-database.js';
import { MangoIndexes } from './mango-indexes.js';
import { RichQueries } from './rich-query.js';
import { SealedFiles } from './sealed-files.js';
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

/** Everything that can be made again from blocks and private data: one SQLite transaction per block keeps it whole. */
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
    this.state = new StateReads(database);
    this.mango = new MangoIndexes(database);
    this.queries = new RichQueries(database, this.mango);
    this.lifetimes = new CollectionLifetimes(database);
    this.sealed = new SealedFiles(database);
    this.#writes = new StateWrites(database, this.mango, this.lifetimes);
  }

  apply(block: AppliedBlock): void {
    this.applyAll([block]);
  }

  /** Several blocks in one transaction, for a rebuild. */
  applyAll(blocks: readonly AppliedBlock[]): void {
    this.database.transaction(() => {
      for (const block of blocks) {
        this.blocks.add(block, block.transactions);
        this.#writes.apply(block.number, block.updates);
      }
    });
  }

  close(): void {
    this.mango.writeAll();
    this.database.close();
  }
}

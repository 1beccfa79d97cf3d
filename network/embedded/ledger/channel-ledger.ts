import { blockFileSeries, blockHash, chainFault } from './block-scan.js';
import { BlockReader } from './block-reader.js';
import { encodeBlockRecord, serializeBlock } from './block-serialization.js';
import { IndexDatabase } from './index-database.js';
import { LedgerError } from './ledger-error.js';
import { indexPath, LedgerIndex } from './ledger-index.js';
import type { AppliedBlock } from './ledger-index.js';
import { validateReads } from './mvcc.js';
import { encodePrivateRecord, privateFileSeries } from './private-data-file.js';
import { verifyPrivateWrites } from './private-writes.js';
import { recover } from './recovery.js';
import type { RecoveryListener } from './recovery.js';
import { filterDocuments } from './rich-query.js';
import { RolledFiles } from './rolled-files.js';
import type { FileSeries, SeriesEnd } from './rolled-files.js';
import { expectedCommitHash, hasPrivateWrites, withFinalMetadata, hashMetadata } from './stored-block.js';
import { ValidationCode } from './types.js';
import type {
  BlockParts,
  ChainInfo,
  CommittedBlock,
  Exclusively,
  HistoryEntry,
  IndexDefinition,
  Ledger,
  MangoQuery,
  ParsedTransaction,
  PrivateWrites,
  StateEntry,
  TransactionPosition,
  Version,
} from './types.js';

export interface LedgerOptions extends RecoveryListener {
  /** The directory of all channels' ledgers. */
  dir: string;
  /** Part of file names: lower-case letters, digits, `.`, `-`, as Fabric allows for channels. */
  channel: string;
  /** A block that would make its file larger starts the next one; 64 MiB as on a peer where it is not given. */
  maxFileBytes?: number;
}

/**
 * Opens a channel's ledger, creating it where there is none: repairs a torn tail, brings the index up to date. Reads
 * again the newest files and whatever else was touched since it was read last; `verifyLedger` reads everything.
 * @throws {LedgerError} BLOCK_DAMAGED, BLOCKS_LOST, PRIVATE_DATA_DAMAGED, LEDGER_LOCKED
 */
export async function openLedger({ dir, channel, maxFileBytes, ...listener }: LedgerOptions): Promise<Ledger> {
  if (!CHANNEL_NAME.test(channel)) throw new LedgerError('BLOCK_REFUSED', 'the channel has no valid name');
  const index = new LedgerIndex(IndexDatabase.open(indexPath(dir, channel)));
  try {
    const ends = await recover(dir, channel, index, listener);
    const openEnd = (series: FileSeries, end: SeriesEnd): RolledFiles =>
      RolledFiles.open(series, end, { maxFileBytes, onSealed: (file) => index.sealed.note(series, file) });
    const blocks = openEnd(blockFileSeries(dir, channel), ends.blocks);
    const privateData = openEnd(privateFileSeries(dir, channel), ends.privateData);
    return new ChannelLedger(index, blocks, privateData);
  } catch (error) {
    index.close();
    throw error;
  }
}

/** Fabric's own rule; it also keeps the name harmless as a directory. */
const CHANNEL_NAME = /^[a-z][a-z0-9.-]{0,248}$/;

/** The end of the chain. */
interface Tip {
  height: number;
  hash: Uint8Array;
  previousHash: Uint8Array;
  commitHash: Uint8Array;
}

class ChannelLedger implements Ledger {
  readonly #reader: BlockReader;
  #tip: Tip;
  #state: 'idle' | 'committing' | 'unusable' = 'idle';

  constructor(
    private readonly index: LedgerIndex,
    private readonly blocks: RolledFiles,
    private readonly privateData: RolledFiles,
  ) {
    this.#reader = new BlockReader(index.blocks, index.lifetimes, blocks, privateData);
    const height = index.blocks.height();
    index.mango.follow(height, (blockNum) => this.#reader.writtenKeys(blockNum));
    const none = new Uint8Array();
    const last = index.blocks.byNumber(height - 1);
    const previousHash = index.blocks.byNumber(height - 2)?.hash ?? none;
    this.#tip = { height, hash: last?.hash ?? none, previousHash, commitHash: last?.commitHash ?? none };
  }

  chainInfo(): ChainInfo {
    const { height, hash, previousHash } = this.#tip;
    return { height: BigInt(height), currentBlockHash: hash, previousBlockHash: previousHash };
  }

  async commit(
    block: BlockParts,
    transactions: ParsedTransaction[],
    privateWrites: PrivateWrites[],
    exclusively: Exclusively = atOnce,
  ): Promise<CommittedBlock> {
    if (this.#state !== 'idle') throw new LedgerError('LEDGER_UNUSABLE', `the ledger is ${this.#state}`);
    this.#state = 'committing';
    try {
      const committed = await this.append(block, transactions, privateWrites, exclusively);
      this.endCommit('idle');
      return committed;
    } catch (error) {
      const nothingWritten = error instanceof LedgerError && error.code !== 'LEDGER_UNUSABLE';
      this.endCommit(nothingWritten ? 'idle' : 'unusable');
      throw error;
    }
  }

  blockByNumber(blockNum: bigint): CommittedBlock | undefined {
    return this.#reader.byNumber(blockNum);
  }

  blockByHash(hash: Uint8Array): CommittedBlock | undefined {
    return this.#reader.byHash(hash);
  }

  transaction(txId: string): TransactionPosition | undefined {
    return this.index.state.transaction(txId);
  }

  state(namespace: string, key: string): StateEntry | undefined {
    return this.index.state.state(namespace, key);
  }

  stateRange(namespace: string, startKey: string, endKey: string): IterableIterator<StateEntry> {
    return this.index.state.range(namespace, startKey, endKey);
  }

  stateQuery(namespace: string, query: MangoQuery, page?: { pageSize: number; bookmark: string }): QueryPage {
    return this.index.queries.query(namespace, query, page);
  }

  history(namespace: string, key: string): IterableIterator<HistoryEntry> {
    return this.#reader.history(namespace, key);
  }

  privateState(namespace: string, collection: string, key: string): StateEntry | undefined {
    return this.index.state.privateState(namespace, collection, key);
  }

  privateRange(namespace: string, collection: string, startKey: string, endKey: string): IterableIterator<StateEntry> {
    return this.index.state.privateRange(namespace, collection, startKey, endKey);
  }

  privateQuery(namespace: string, collection: string, query: MangoQuery): StateEntry[] {
    return [...filterDocuments(query, this.privateRange(namespace, collection, '', ''))];
  }

  privateHash(
    namespace: string,
    collection: string,
    keyHash: Uint8Array,
  ): { valueHash: Uint8Array; version: Version } | undefined {
    return this.index.state.privateHash(namespace, collection, keyHash);
  }

  privateWrites(blockNum: bigint): PrivateWrites[] {
    return this.#reader.privateWrites(blockNum);
  }

  defineIndexes(indexes: IndexDefinition[]): void {
    this.index.mango.define(indexes);
  }

  followUp(): void {
    if (this.#state === 'unusable') return;
    try {
      this.index.mango.writeNext();
    } catch {
      // The next commit says so, and opening the ledger again makes the indexes whole.
      this.#state = 'unusable';
    }
  }

  close(): void {
    if (this.#state === 'committing') throw new LedgerError('LEDGER_UNUSABLE', 'a block is being committed');
    this.#state = 'unusable';
    try {
      this.blocks.close();
      this.privateData.close();
    } finally {
      this.index.close();
    }
  }

  /** What became unusable meanwhile stays so. */
  private endCommit(state: 'idle' | 'unusable'): void {
    if (this.#state === 'committing') this.#state = state;
  }

  private async append(
    parts: BlockParts,
    transactions: readonly ParsedTransaction[],
    privateWrites: readonly PrivateWrites[],
    exclusively: Exclusively,
  ): Promise<CommittedBlock> {
    const prepared = this.prepare(parts, transactions, privateWrites);
    const { privateLocation, location } = await this.write(prepared);
    try {
      const applied = { ...prepared, location, ...(privateLocation && { privateLocation }) };
      await exclusively(() => this.apply(applied));
    } catch (cause) {
      const detail =
        'the block is durable, but the index could not follow; opening the ledger again brings it up to date';
      throw new LedgerError('LEDGER_UNUSABLE', detail, undefined, { cause });
    }
    const codes = prepared.transactions.map(({ code }) => code);
    const txIds = transactions.map(({ txId }) => txId);
    return { blockNum: BigInt(prepared.number), bytes: serializeBlock(prepared.parts), codes, txIds };
  }

  private apply(block: AppliedBlock): void {
    this.index.apply(block);
    const { number, hash, commitHash } = block;
    this.#tip = { height: number + 1, hash, previousHash: this.#tip.hash, commitHash };
  }

  /** Everything that can refuse the block comes before anything is written. */
  private prepare(
    parts: BlockParts,
    transactions: readonly ParsedTransaction[],
    privateWrites: readonly PrivateWrites[],
  ): PreparedBlock {
    const { height, hash: previousHash, commitHash: previousCommitHash } = this.#tip;
    const fault = chainFault(parts, height, previousHash);
    if (fault) throw new LedgerError('BLOCK_REFUSED', `the block cannot be appended: ${fault}`);
    if (transactions.length !== parts.envelopes.length) {
      throw new LedgerError('BLOCK_REFUSED', 'the block has not as many envelopes as transactions were parsed');
    }
    const { codes, updates } = validateReads(transactions, this.index.state);
    const valid = privateWrites.filter(({ txNum }) => codes[txNum] === ValidationCode.VALID);
    const writes = valid.map((claimed) => verifyPrivateWrites(claimed, transactions[claimed.txNum]?.rwset ?? []));
    for (const checked of writes) updates.applyPlain(checked);
    const commitHash = expectedCommitHash(height, codes, updates, previousCommitHash);
    const final = withFinalMetadata(parts, codes, commitHash);
    return {
      number: height,
      hash: blockHash(parts),
      commitHash,
      metadataSha256: hashMetadata(final.metadata),
      transactions: transactions.map(({ txId, rwset }, txNum) => ({
        txId,
        rwset,
        code: codes[txNum] ?? NOT_VALIDATED,
      })),
      updates,
      parts: final,
      writes,
    };
  }

  /** Private data are written first, so that a killed process leaves no block without them; both are synced at once. */
  private async write({ number, parts, writes, updates }: PreparedBlock): Promise<WrittenRecords> {
    const privateLocation = hasPrivateWrites(updates)
      ? await this.privateData.append(encodePrivateRecord({ blockNum: number, writes }))
      : undefined;
    const location = await this.blocks.append(encodeBlockRecord(parts)).catch((error: unknown) => {
      if (privateLocation) this.privateData.takeBack(privateLocation);
      throw error;
    });
    await Promise.all([this.blocks.sync(), privateLocation && this.privateData.sync()]);
    return { location, ...(privateLocation && { privateLocation }) };
  }
}

function atOnce(change: () => void): Promise<void> {
  change();
  return Promise.resolve();
}

type PreparedBlock = Omit<AppliedBlock, 'location' | 'privateLocation'> & {
  parts: BlockParts;
  writes: PrivateWrites[];
};
type WrittenRecords = Pick<AppliedBlock, 'location' | 'privateLocation'>;
type QueryPage = ReturnType<Ledger['stateQuery']>;

const { NOT_VALIDATED } = ValidationCode;

import type { IndexedTransaction } from './block-index.js';
import { blockFileSeries, scanBlocks } from './block-scan.js';
import type { ScannedBlock } from './block-scan.js';
import { LedgerError } from './ledger-error.js';
import type { AppliedBlock, LedgerIndex } from './ledger-index.js';
import { privateFileSeries } from './private-data-file.js';
import { PrivateRecordReader } from './private-record-reader.js';
import { verifyPrivateWrites } from './private-writes.js';
import { recoveryStart } from './recovery-start.js';
import type { RecoveryStart } from './recovery-start.js';
import { fileName } from './rolled-files.js';
import type { FileSeries, RecordLocation, SeriesEnd } from './rolled-files.js';
import {
  expectedCommitHash,
  hasCommitHash,
  hasPrivateWrites,
  storedCodes,
  storedTransactions,
  storedUpdates,
  hashMetadata,
} from './stored-block.js';
import type { PrivateWrites } from './types.js';
import type { UpdateBatch } from './update-batch.js';

/** Where appending goes on. */
export interface LedgerEnds {
  blocks: SeriesEnd;
  privateData: SeriesEnd;
}

export interface RecoveryListener {
  /** Called now and then: how many blocks have been read so far, and how many of the last ones had to be indexed. */
  onProgress?: (done: { blocks: number; indexed: number }) => void;
  /** Called when the rest of an unfinished commit is cut off: bytes of a torn block, or a block without its private data. */
  onRepair?: (repair: { blockNum: number; reason: 'torn block' | 'private data never synced' }) => void;
}

const BLOCKS_PER_TRANSACTION = 100;

/**
 * Reads what of the ledger has changed since it was read last, checks it against itself and its index, and brings the
 * index up to date.
 * @throws {LedgerError} BLOCK_DAMAGED, BLOCKS_LOST, PRIVATE_DATA_DAMAGED; the files are as they were.
 */
export async function recover(
  dir: string,
  channel: string,
  index: LedgerIndex,
  listener: RecoveryListener,
): Promise<LedgerEnds> {
  const files = { blocks: blockFileSeries(dir, channel), privateData: privateFileSeries(dir, channel) };
  const start = await recoveryStart(index, files.blocks, files.privateData);
  const recovery = new Recovery(files.blocks, files.privateData, index, listener, start);
  return recovery.run();
}

class Recovery {
  readonly #startHeight: number;
  readonly #indexedBefore: number;
  readonly #privateRecords: PrivateRecordReader;
  #commitHash: Uint8Array;
  #pending: AppliedBlock[] = [];
  /** A last block without its private-data record: they are synced side by side, so it was never acknowledged. */
  #unacknowledged: RecordLocation | undefined;

  constructor(
    private readonly blocks: FileSeries,
    privateData: FileSeries,
    private readonly index: LedgerIndex,
    private readonly listener: RecoveryListener,
    private readonly start: RecoveryStart,
  ) {
    this.#startHeight = start.blocks?.height ?? 0;
    this.#indexedBefore = index.blocks.height();
    this.#privateRecords = new PrivateRecordReader(privateData, start.privateData);
    this.#commitHash = start.commitHash;
  }

  async run(): Promise<LedgerEnds> {
    await this.checkEarlierPrivateData();
    const scan = scanBlocks(this.blocks, this.start.blocks);
    let height = this.#startHeight;
    let next = await scan.next();
    for (; !next.done; next = await scan.next()) {
      await this.take(next.value);
      height += 1;
      if (height % BLOCKS_PER_TRANSACTION === 0) this.flush(height);
    }
    this.flush(height);
    const blocks = this.blocksEnd(next.value);
    if (this.#unacknowledged) height -= 1;
    if (height < this.#indexedBefore) {
      const place = { file: fileName(this.blocks, blocks.file), offset: blocks.size };
      const detail = `the index knows ${this.#indexedBefore} blocks, the block files hold ${height}`;
      throw new LedgerError('BLOCKS_LOST', detail, place);
    }
    const privateData = await this.#privateRecords.end(height);
    if (this.#unacknowledged) this.listener.onRepair?.({ blockNum: height, reason: 'private data never synced' });
    else if (next.value.tornBytes > 0) this.listener.onRepair?.({ blockNum: height, reason: 'torn block' });
    for (const survey of this.start.surveys) this.index.sealed.noteSurveyed(survey);
    return { blocks, privateData };
  }

  private blocksEnd(scanned: SeriesEnd): SeriesEnd {
    if (!this.#unacknowledged) return { file: scanned.file, size: scanned.size };
    return { file: this.#unacknowledged.file, size: this.#unacknowledged.offset };
  }

  /** Records in a file that is read again, of blocks that are not. */
  private async checkEarlierPrivateData(): Promise<void> {
    let found = 0;
    for await (const { blockNum, location } of this.#privateRecords.takeBefore(this.#startHeight)) {
      const indexed = this.index.blocks.byNumber(blockNum)?.privateLocation;
      if (!indexed || !sameLocation(indexed, location)) throw missingPrivateData(blockNum);
      found += 1;
    }
    if (found < this.start.earlierRecords) throw missingPrivateData(this.#startHeight - 1);
  }

  private async take(block: ScannedBlock): Promise<void> {
    if (this.#unacknowledged) throw missingPrivateData(block.parts.number - 1);
    if (block.parts.number < this.#indexedBefore) await this.checkIndexed(block);
    else await this.applyNew(block);
  }

  private async checkIndexed({ parts, location, hash }: ScannedBlock): Promise<void> {
    const row = this.index.blocks.byNumber(parts.number);
    const same =
      row !== undefined &&
      Buffer.compare(row.hash, hash) === 0 &&
      Buffer.compare(row.metadataSha256, hashMetadata(parts.metadata)) === 0 &&
      sameLocation(row.location, location);
    if (!same) throw this.damage(parts.number, location, 'it is not the block that was committed here');
    this.#commitHash = row.commitHash;
    if (row.privateLocation === undefined) return;
    const record = await this.#privateRecords.take(parts.number);
    if (!record || !sameLocation(record.location, row.privateLocation)) {
      throw missingPrivateData(parts.number);
    }
  }

  private async applyNew({ parts, location, hash }: ScannedBlock): Promise<void> {
    const codes = storedCodes(parts);
    if (!codes) throw this.damage(parts.number, location, 'its validation flags are not one per transaction');
    const transactions = this.naming(parts.number, location, () => storedTransactions(parts, codes));
    const updates = storedUpdates(transactions);
    const commitHash = expectedCommitHash(parts.number, codes, updates, this.#commitHash);
    if (!hasCommitHash(parts, commitHash)) {
      throw this.damage(parts.number, location, 'its commit hash is not that of its flags and writes');
    }
    const record = hasPrivateWrites(updates) ? await this.#privateRecords.take(parts.number) : undefined;
    if (hasPrivateWrites(updates) && !record) {
      this.#unacknowledged = location;
      return;
    }
    for (const writes of record?.writes ?? []) applyPrivate(updates, writes, transactions);
    this.#commitHash = commitHash;
    this.#pending.push({
      number: parts.number,
      hash,
      commitHash,
      metadataSha256: hashMetadata(parts.metadata),
      location,
      ...(record && { privateLocation: record.location }),
      transactions,
      updates,
    });
  }

  private flush(height: number): void {
    if (this.#pending.length > 0) this.index.applyAll(this.#pending);
    this.listener.onProgress?.({ blocks: height - this.#startHeight, indexed: this.#pending.length });
    this.#pending = [];
  }

  /** A valid transaction that cannot be read is damage too. */
  private naming<Result>(blockNum: number, location: RecordLocation, read: () => Result): Result {
    try {
      return read();
    } catch (error) {
      throw error instanceof LedgerError ? this.damage(blockNum, location, error.message) : error;
    }
  }

  private damage(blockNum: number, location: RecordLocation, reason: string): LedgerError {
    const place = { blockNum, file: fileName(this.blocks, location.file), offset: location.offset };
    return new LedgerError('BLOCK_DAMAGED', reason, place);
  }
}

function missingPrivateData(blockNum: number): LedgerError {
  return new LedgerError('PRIVATE_DATA_DAMAGED', `the private-data record of block ${blockNum} is missing`);
}

function applyPrivate(updates: UpdateBatch, writes: PrivateWrites, transactions: readonly IndexedTransaction[]): void {
  try {
    updates.applyPlain(verifyPrivateWrites(writes, transactions[writes.txNum]?.rwset ?? []));
  } catch (error) {
    throw error instanceof LedgerError ? new LedgerError('PRIVATE_DATA_DAMAGED', error.message) : error;
  }
}

function sameLocation(left: RecordLocation, right: RecordLocation): boolean {
  return left.file === right.file && left.offset === right.offset && left.length === right.length;
}

import { LedgerError } from './ledger-error.js';
import { scanPrivateRecords } from './private-data-file.js';
import type { PrivateScanStart, ScannedPrivateRecord } from './private-data-file.js';
import type { FileSeries, SeriesEnd } from './rolled-files.js';

/** Reads the private-data records beside the blocks, one by one as the blocks ask for them. */
export class PrivateRecordReader {
  readonly #records: AsyncGenerator<ScannedPrivateRecord, SeriesEnd>;
  #next: IteratorResult<ScannedPrivateRecord, SeriesEnd> | undefined;

  constructor(series: FileSeries, start?: PrivateScanStart) {
    this.#records = scanPrivateRecords(series, start);
  }

  /**
   * The record of a block that must have one; undefined where there are no more records.
   * @throws {LedgerError} PRIVATE_DATA_DAMAGED where the next record is another block's
   */
  async take(blockNum: number): Promise<ScannedPrivateRecord | undefined> {
    const next = await this.peek();
    if (next.done) return undefined;
    if (next.value.blockNum !== blockNum) {
      const detail = `the next private-data record is of block ${next.value.blockNum}, not of block ${blockNum}`;
      throw new LedgerError('PRIVATE_DATA_DAMAGED', detail);
    }
    this.#next = undefined;
    return next.value;
  }

  /** Takes the records of blocks before this one. */
  async *takeBefore(blockNum: number): AsyncGenerator<ScannedPrivateRecord> {
    for (let next = await this.peek(); !next.done && next.value.blockNum < blockNum; next = await this.peek()) {
      this.#next = undefined;
      yield next.value;
    }
  }

  /**
   * Where the records of `height` blocks end. One more record, of the block that was about to be appended, is the rest
   * of an unfinished commit.
   * @throws {LedgerError} BLOCKS_LOST
   */
  async end(height: number): Promise<SeriesEnd> {
    const next = await this.peek();
    if (next.done) return next.value;
    const { blockNum, location } = next.value;
    const following = await this.#records.next();
    if (blockNum !== height || !following.done) {
      throw new LedgerError('BLOCKS_LOST', `there are private data of block ${blockNum}, but no such block`);
    }
    return { file: location.file, size: location.offset };
  }

  private async peek(): Promise<IteratorResult<ScannedPrivateRecord, SeriesEnd>> {
    this.#next ??= await this.#records.next();
    return this.#next;
  }
}

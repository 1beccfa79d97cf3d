import { join } from 'node:path';
import { blockDataHash, headerHash } from '../wire/block.js';
import { decodeBlockRecord } from './block-serialization.js';
import type { BlockParts } from './types.js';
import { LedgerError } from './ledger-error.js';
import { fileName, listFiles, readFrom } from './rolled-files.js';
import type { FileSeries, RecordLocation, SeriesEnd } from './rolled-files.js';

/** A block whose place in the chain and whose data hash have been checked. Its parts are views of the file. */
export interface ScannedBlock {
  parts: BlockParts;
  location: RecordLocation;
  hash: Uint8Array;
}

/** Where the whole blocks end, and how many bytes of an unfinished append follow. */
export interface BlocksEnd extends SeriesEnd {
  tornBytes: number;
}

/** The files in which a peer keeps a channel's blocks. */
export function blockFileSeries(dir: string, channel: string): FileSeries {
  return { directory: join(dir, 'ledgersData', 'chains', 'chains', channel), prefix: 'blockfile_' };
}

/** Where reading starts: what the blocks before it come to has been checked before. */
export interface ScanStart {
  height: number;
  previousHash: Uint8Array;
  file: number;
  offset: number;
}

const GENESIS: ScanStart = { height: 0, previousHash: new Uint8Array(), file: 0, offset: 0 };

/**
 * Reads the blocks of a channel in order: framing, numbers, header hash chain, data hashes.
 * @returns where the whole blocks end; what is torn behind them was never acknowledged.
 * @throws {LedgerError} BLOCK_DAMAGED naming block, file and byte; BLOCKS_LOST
 */
export async function* scanBlocks(
  series: FileSeries,
  start: ScanStart = GENESIS,
): AsyncGenerator<ScannedBlock, BlocksEnd> {
  const files = (await listFiles(series)).slice(start.file);
  let { height, previousHash } = start;
  let end: BlocksEnd = { file: start.file, size: start.offset, tornBytes: 0 };
  for (const file of files) {
    const base = file === start.file ? start.offset : 0;
    const bytes = await readFrom(series, file, base);
    let position = 0;
    while (position < bytes.length) {
      const offset = base + position;
      const place = { blockNum: height, file: fileName(series, file), offset };
      const record = decodeBlockRecord(bytes, position);
      if (record.kind === 'damaged') throw new LedgerError('BLOCK_DAMAGED', record.reason, place);
      if (record.kind === 'torn') {
        if (file !== files.at(-1))
          throw new LedgerError('BLOCK_DAMAGED', 'it is cut off, but more files follow', place);
        break;
      }
      const fault = chainFault(record.parts, height, previousHash);
      if (fault) throw new LedgerError('BLOCK_DAMAGED', fault, place);
      const hash = blockHash(record.parts);
      yield { parts: record.parts, location: { file, offset, length: record.end - position }, hash };
      previousHash = hash;
      height += 1;
      position = record.end;
    }
    end = { file, size: base + position, tornBytes: bytes.length - position };
  }
  return end;
}

export function blockHash({ number, previousHash, dataHash }: BlockParts): Uint8Array {
  return headerHash({ number: BigInt(number), previousHash, dataHash });
}

/** Why a block cannot be the one at `height` behind `previousHash`; undefined if it can. */
export function chainFault(parts: BlockParts, height: number, previousHash: Uint8Array): string | undefined {
  if (parts.number !== height) return `its number is ${parts.number}, expected ${height}`;
  if (Buffer.compare(parts.previousHash, previousHash) !== 0)
    return 'its previous hash is not that of the block before';
  if (Buffer.compare(parts.dataHash, blockDataHash(parts.envelopes)) !== 0)
    return 'its data hash is not that of its data';
  return undefined;
}

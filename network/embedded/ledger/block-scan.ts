import { join } from 'node:path';
import { blockDataHash, headerHash } from '../wire/block.js';
import { decodeBlockRecord } from './block-serialization.js';
import type { BlockParts } from './block-serialization.js';
import { LedgerError } from './ledger-error.js';
import { fileName, listFiles, readWholeFile } from './rolled-files.js';
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

/**
 * Reads all blocks of a channel in order: framing, numbers, header hash chain, data hashes.
 * @returns where the whole blocks end; what is torn behind them was never acknowledged.
 * @throws {LedgerError} BLOCK_DAMAGED naming block, file and byte; BLOCKS_LOST
 */
export async function* scanBlocks(series: FileSeries): AsyncGenerator<ScannedBlock, BlocksEnd> {
  const files = await listFiles(series);
  let height = 0;
  let previousHash: Uint8Array = new Uint8Array();
  let end: BlocksEnd = { file: 0, size: 0, tornBytes: 0 };
  for (const file of files) {
    const bytes = await readWholeFile(series, file);
    let offset = 0;
    while (offset < bytes.length) {
      const place = { blockNum: height, file: fileName(series, file), offset };
      const record = decodeBlockRecord(bytes, offset);
      if (record.kind === 'damaged') throw new LedgerError('BLOCK_DAMAGED', record.reason, place);
      if (record.kind === 'torn') {
        if (file !== files.at(-1))
          throw new LedgerError('BLOCK_DAMAGED', 'it is cut off, but more files follow', place);
        break;
      }
      const fault = chainFault(record.parts, height, previousHash);
      if (fault) throw new LedgerError('BLOCK_DAMAGED', fault, place);
      const hash = blockHash(record.parts);
      yield { parts: record.parts, location: { file, offset, length: record.end - offset }, hash };
      previousHash = hash;
      height += 1;
      offset = record.end;
    }
    end = { file, size: offset, tornBytes: bytes.length - offset };
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

import { closeSync, openSync, readSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppendOnlyFile } from './append-only-file.js';
import { LedgerError } from './ledger-error.js';

/** Fabric's default: a block that does not fit starts the next file. */
export const MAX_BLOCK_FILE_BYTES = 64 * 1024 * 1024;
const FILE_NAME = /^blockfile_(\d{6})$/;

/** Where a block's record stands. */
export interface BlockLocation {
  file: number;
  offset: number;
  length: number;
}

export function blockFileName(file: number): string {
  return `blockfile_${String(file).padStart(6, '0')}`;
}

/** The directory in which a peer keeps a channel's block files. */
export function blockFilesDirectory(dir: string, channel: string): string {
  return join(dir, 'ledgersData', 'chains', 'chains', channel);
}

/** The numbers of the block files that are there. @throws {LedgerError} BLOCKS_LOST where one in between is missing. */
export async function listBlockFiles(directory: string): Promise<number[]> {
  const files = (await readdir(directory))
    .map((name) => FILE_NAME.exec(name)?.[1])
    .filter((digits) => digits !== undefined)
    .map(Number)
    .sort((a, b) => a - b);
  const gap = files.findIndex((file, index) => file !== index);
  if (gap >= 0) throw new LedgerError('BLOCKS_LOST', 'a block file is missing', { file: blockFileName(gap), offset: 0 });
  return files;
}

export async function readBlockFile(directory: string, file: number): Promise<Uint8Array> {
  return readFile(join(directory, blockFileName(file)));
}

/** The append-only files of one channel. */
export class BlockFiles {
  readonly #readers = new Map<number, number>();

  private constructor(
    private readonly directory: string,
    private readonly maxFileBytes: number,
    private file: number,
    private current: AppendOnlyFile,
  ) {}

  /** Opens for appending behind the first `size` bytes of the last file. */
  static async open(directory: string, last: { file: number; size: number }, maxFileBytes: number): Promise<BlockFiles> {
    const current = await AppendOnlyFile.open(join(directory, blockFileName(last.file)), last.size);
    return new BlockFiles(directory, maxFileBytes, last.file, current);
  }

  /** Writes a record without making it durable; `sync` does. @throws {LedgerError} STORAGE_FAILED, LEDGER_UNUSABLE */
  async append(record: Uint8Array): Promise<BlockLocation> {
    if (this.current.size > 0 && this.current.size + record.length > this.maxFileBytes) {
      const next = await AppendOnlyFile.open(join(this.directory, blockFileName(this.file + 1)), 0);
      await this.current.close();
      this.current = next;
      this.file += 1;
    }
    return { file: this.file, offset: await this.current.append(record), length: record.length };
  }

  async sync(): Promise<void> {
    await this.current.sync();
  }

  /** The bytes of a record. */
  read(location: BlockLocation): Uint8Array {
    const bytes = Buffer.allocUnsafe(location.length);
    const read = readSync(this.reader(location.file), bytes, 0, location.length, location.offset);
    if (read === location.length) return bytes;
    const place = { file: blockFileName(location.file), offset: location.offset };
    throw new LedgerError('BLOCKS_LOST', 'the block file has become shorter', place);
  }

  async close(): Promise<void> {
    for (const reader of this.#readers.values()) closeSync(reader);
    this.#readers.clear();
    await this.current.close();
  }

  private reader(file: number): number {
    const reader = this.#readers.get(file) ?? openSync(join(this.directory, blockFileName(file)), 'r');
    this.#readers.set(file, reader);
    return reader;
  }
}

import { closeSync, openSync, readSync } from 'node:fs';
import { mkdir, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { AppendOnlyFile } from './append-only-file.js';
import { LedgerError } from './ledger-error.js';

/** Fabric's default: a record that does not fit starts the next file. */
export const MAX_FILE_BYTES = 64 * 1024 * 1024;

/** A directory of append-only files `<prefix>000000`, `<prefix>000001`, … */
export interface FileSeries {
  directory: string;
  prefix: string;
}

/** Where a record stands. */
export interface RecordLocation {
  file: number;
  offset: number;
  length: number;
}

/** Where the good records end. */
export interface SeriesEnd {
  file: number;
  size: number;
}

export function fileName(series: FileSeries, file: number): string {
  return `${series.prefix}${String(file).padStart(6, '0')}`;
}

/** The numbers of the files that are there. @throws {LedgerError} BLOCKS_LOST where one in between is missing. */
export async function listFiles(series: FileSeries): Promise<number[]> {
  await mkdir(series.directory, { recursive: true });
  const files = (await readdir(series.directory))
    .filter((name) => name.startsWith(series.prefix) && /^\d{6}$/.test(name.slice(series.prefix.length)))
    .map((name) => Number(name.slice(series.prefix.length)))
    .sort((a, b) => a - b);
  const gap = files.findIndex((file, index) => file !== index);
  if (gap >= 0) throw new LedgerError('BLOCKS_LOST', 'a file is missing', { file: fileName(series, gap), offset: 0 });
  return files;
}

/** The bytes of a file from an offset on. */
export async function readFrom(series: FileSeries, file: number, offset: number): Promise<Buffer> {
  const handle = await open(join(series.directory, fileName(series, file)), 'r');
  try {
    const bytes = Buffer.allocUnsafe(Math.max(0, (await handle.stat()).size - offset));
    let read = 0;
    while (read < bytes.length) {
      const { bytesRead } = await handle.read(bytes, read, bytes.length - read, offset + read);
      if (bytesRead === 0) break;
      read += bytesRead;
    }
    return bytes.subarray(0, read);
  } finally {
    await handle.close();
  }
}

export interface RollOptions {
  maxFileBytes?: number | undefined;
  onSealed: (file: number) => Promise<void>;
}

/** A file series open for appending and for reading single records. */
export class RolledFiles {
  readonly #readers = new Map<number, number>();

  private constructor(
    private readonly series: FileSeries,
    private readonly maxFileBytes: number,
    private file: number,
    private current: AppendOnlyFile,
    private readonly onSealed: (file: number) => Promise<void>,
  ) {}

  /**
   * Appends will follow `end`; what lies behind it is cut off.
   * @param onSealed told of each file that will not grow any more.
   */
  static open(
    series: FileSeries,
    end: SeriesEnd,
    { maxFileBytes = MAX_FILE_BYTES, onSealed }: RollOptions,
  ): RolledFiles {
    const current = AppendOnlyFile.open(join(series.directory, fileName(series, end.file)), end.size);
    return new RolledFiles(series, maxFileBytes, end.file, current, onSealed);
  }

  /** Writes a record without making it durable; `sync` does. @throws {LedgerError} STORAGE_FAILED, LEDGER_UNUSABLE */
  async append(record: Uint8Array): Promise<RecordLocation> {
    if (this.current.size > 0 && this.current.size + record.length > this.maxFileBytes) {
      const full = this.current;
      this.current = AppendOnlyFile.open(join(this.series.directory, fileName(this.series, this.file + 1)), 0);
      this.file += 1;
      full.close();
      await this.onSealed(this.file - 1);
    }
    return { file: this.file, offset: this.current.append(record), length: record.length };
  }

  async sync(): Promise<void> {
    await this.current.sync();
  }

  /** Cuts off the record that was appended last. */
  takeBack(location: RecordLocation): void {
    this.current.takeBack(location.offset);
  }

  read(location: RecordLocation): Uint8Array {
    const bytes = Buffer.allocUnsafe(location.length);
    const read = readSync(this.reader(location.file), bytes, 0, location.length, location.offset);
    if (read === location.length) return bytes;
    const place = { file: fileName(this.series, location.file), offset: location.offset };
    throw new LedgerError('BLOCKS_LOST', 'the file has become shorter', place);
  }

  close(): void {
    for (const reader of this.#readers.values()) closeSync(reader);
    this.#readers.clear();
    this.current.close();
  }

  private reader(file: number): number {
    const reader = this.#readers.get(file) ?? openSync(join(this.series.directory, fileName(this.series, file)), 'r');
    this.#readers.set(file, reader);
    return reader;
  }
}

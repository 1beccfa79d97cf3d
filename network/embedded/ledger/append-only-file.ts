import { closeSync, fdatasync, fstatSync, fsyncSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { promisify } from 'node:util';
import { LedgerError } from './ledger-error.js';

const datasync = promisify(fdatasync);

/**
 * A file that only grows, except for what a failed or unfinished write left at its end. What is appended goes to the
 * system's memory, sooner than another thread could be asked to do it; to make it durable takes long, and is left to one.
 */
export class AppendOnlyFile {
  #size: number;
  #broken = false;

  private constructor(
    private readonly descriptor: number,
    private readonly name: string,
    size: number,
  ) {
    this.#size = size;
  }

  /** Opens (creates) a file of which the first `size` bytes are good; what lies behind them is cut off. */
  static open(path: string, size: number): AppendOnlyFile {
    closeSync(openSync(path, 'a'));
    const descriptor = openSync(path, 'r+');
    try {
      if (fstatSync(descriptor).size > size) ftruncateSync(descriptor, size);
      fsyncSync(descriptor);
      syncDirectory(dirname(path));
    } catch (error) {
      closeSync(descriptor);
      throw error;
    }
    return new AppendOnlyFile(descriptor, basename(path), size);
  }

  get size(): number {
    return this.#size;
  }

  /**
   * Writes without making durable; `sync` does. On failure the file is as it was.
   * @returns the offset of the bytes.
   * @throws {LedgerError} STORAGE_FAILED, LEDGER_UNUSABLE
   */
  append(bytes: Uint8Array): number {
    this.refuseIfBroken();
    const offset = this.#size;
    try {
      for (let written = 0; written < bytes.length;) {
        written += writeSync(this.descriptor, bytes, written, bytes.length - written, offset + written);
      }
    } catch (cause) {
      this.takeBack(offset);
      throw new LedgerError('STORAGE_FAILED', `${this.name} could not be written`, undefined, { cause });
    }
    this.#size = offset + bytes.length;
    return offset;
  }

  /** Makes what was appended durable. After a failure nobody knows what is on the disk: the file is out of use. */
  async sync(): Promise<void> {
    this.refuseIfBroken();
    try {
      await datasync(this.descriptor);
    } catch (cause) {
      this.#broken = true;
      throw new LedgerError('LEDGER_UNUSABLE', `${this.name} could not be made durable`, undefined, { cause });
    }
  }

  /** Cuts off what was appended beyond `size`. */
  takeBack(size: number): void {
    try {
      ftruncateSync(this.descriptor, size);
      this.#size = size;
    } catch {
      this.#broken = true;
    }
  }

  close(): void {
    closeSync(this.descriptor);
  }

  private refuseIfBroken(): void {
    if (this.#broken)
      throw new LedgerError('LEDGER_UNUSABLE', `${this.name} is in an unknown state after a disk error`);
  }
}

/** A new file survives a crash only once its directory is on the disk. */
function syncDirectory(directory: string): void {
  const descriptor = openSync(directory, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { LedgerError } from './ledger-error.js';

/** A file that only grows, except for what a failed or unfinished write left at its end. */
export class AppendOnlyFile {
  #size: number;
  #broken = false;

  private constructor(
    private readonly handle: FileHandle,
    private readonly name: string,
    size: number,
  ) {
    this.#size = size;
  }

  /** Opens (creates) a file of which the first `size` bytes are good; what lies behind them is cut off. */
  static async open(path: string, size: number): Promise<AppendOnlyFile> {
    const created = await open(path, 'a');
    await created.close();
    const handle = await open(path, 'r+');
    const { size: found } = await handle.stat();
    if (found > size) await handle.truncate(size);
    await handle.sync();
    await syncDirectory(dirname(path));
    return new AppendOnlyFile(handle, basename(path), size);
  }

  get size(): number {
    return this.#size;
  }

  /**
   * Writes without making durable; `sync` does. On failure the file is as it was.
   * @returns the offset of the bytes.
   * @throws {LedgerError} STORAGE_FAILED, LEDGER_UNUSABLE
   */
  async append(bytes: Uint8Array): Promise<number> {
    this.refuseIfBroken();
    const offset = this.#size;
    try {
      for (let written = 0; written < bytes.length;) {
        const { bytesWritten } = await this.handle.write(bytes, written, bytes.length - written, offset + written);
        written += bytesWritten;
      }
    } catch (cause) {
      await this.takeBack(offset);
      throw new LedgerError('STORAGE_FAILED', `${this.name} could not be written`, undefined, { cause });
    }
    this.#size = offset + bytes.length;
    return offset;
  }

  /** Makes what was appended durable. After a failure nobody knows what is on the disk: the file is out of use. */
  async sync(): Promise<void> {
    this.refuseIfBroken();
    try {
      await this.handle.datasync();
    } catch (cause) {
      this.#broken = true;
      throw new LedgerError('LEDGER_UNUSABLE', `${this.name} could not be made durable`, undefined, { cause });
    }
  }

  /** Cuts off what was appended beyond `size`. */
  async takeBack(size: number): Promise<void> {
    try {
      await this.handle.truncate(size);
      this.#size = size;
    } catch {
      this.#broken = true;
    }
  }

  async close(): Promise<void> {
    await this.handle.close();
  }

  private refuseIfBroken(): void {
    if (this.#broken)
      throw new LedgerError('LEDGER_UNUSABLE', `${this.name} is in an unknown state after a disk error`);
  }
}

/** A new file survives a crash only once its directory is on the disk. */
async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

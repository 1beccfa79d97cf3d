import type { ChaincodeStub } from 'fabric-shim-api';
import { readMany, writeMany } from '../shim/peer-batches.js';
import type { StateWrite } from '../shim/messages.js';

/**
 * Keys and values of one transaction, in as few messages as the peer takes. Nothing is lost by reading ahead or writing
 * late: a transaction sees the state as it was when it began, and never its own writes.
 */
export class BatchedState {
  readonly #stub: ChaincodeStub;
  readonly #read = new Map<string, Uint8Array>();
  readonly #writes: StateWrite[] = [];

  constructor(stub: ChaincodeStub) {
    this.#stub = stub;
  }

  /** Reads keys that will be asked for. */
  async readAhead(keys: readonly string[]): Promise<void> {
    const values = await readMany(this.#stub, keys);
    for (const [index, key] of keys.entries()) this.#read.set(key, values[index] ?? NOTHING);
  }

  /** Empty where there is none. */
  async get(key: string): Promise<Uint8Array> {
    return this.#read.get(key) ?? this.#stub.getState(key);
  }

  /** @param collection of private data; empty: the channel's state */
  put(key: string, value: Uint8Array, collection = ''): void {
    this.#writes.push({ key, value, collection });
  }

  /** Hands what was put to the peer. */
  async flush(): Promise<void> {
    await writeMany(this.#stub, this.#writes.splice(0));
  }
}

const NOTHING = new Uint8Array();

import type { StateEntry } from './types.js';

/** Bytes that a generation may have before the next one begins; there are two. */
const GENERATION_BYTES = 4 * 1_048_576;
/** What an entry takes beside its key and value, about. */
const ENTRY_BYTES = 200;

/**
 * Public keys that were asked for lately, as the last block left them: the head of a session is read, validated and
 * written with each of its records. What nobody asks for again leaves with its generation.
 */
export class StateCache {
  /** By namespace and key; null: it is not in the state. */
  #young = new Map<string, StateEntry | null>();
  #old = new Map<string, StateEntry | null>();
  #youngBytes = 0;

  /** Null where it is known that there is none, undefined where nothing is known. */
  get(namespace: string, key: string): StateEntry | null | undefined {
    const name = nameOf(namespace, key);
    const young = this.#young.get(name);
    if (young !== undefined) return young;
    const old = this.#old.get(name);
    if (old !== undefined) this.#keep(name, old);
    return old;
  }

  note(namespace: string, key: string, entry: StateEntry | undefined): void {
    this.#keep(nameOf(namespace, key), entry ?? null);
  }

  #keep(name: string, entry: StateEntry | null): void {
    this.#youngBytes += name.length * 2 + (entry?.value.length ?? 0) + ENTRY_BYTES;
    this.#young.set(name, entry);
    if (this.#youngBytes < GENERATION_BYTES) return;
    this.#old = this.#young;
    this.#young = new Map();
    this.#youngBytes = 0;
  }
}

/** A namespace has no zero in it. */
function nameOf(namespace: string, key: string): string {
  return `${namespace}\0${key}`;
}

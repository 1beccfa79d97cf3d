import type { JsonObject, JsonValue } from '../../../core/index.js';
import type { Ledger, StateEntry } from '../ledger/types.js';
import { compareUtf8 } from '../wire/utf8-order.js';

/** What a simulation reads of a ledger. */
export type StateReader = Pick<
  Ledger,
  'state' | 'stateRange' | 'stateQuery' | 'history' | 'privateState' | 'privateRange' | 'privateQuery' | 'privateHash'
>;

/**
 * The state as a peer with CouchDB gives it back: JSON objects with sorted keys and the numbers of doubles, everything
 * else as it was written. History stays exact there too: it comes from the blocks.
 */
export function couchDbReader(ledger: Ledger): StateReader {
  return {
    state: (...key) => optional(ledger.state(...key)),
    stateRange: (...range) => returned(ledger.stateRange(...range)),
    stateQuery: (...query) => {
      const { entries, bookmark } = ledger.stateQuery(...query);
      return { entries: entries.map(returnedEntry), bookmark };
    },
    history: (...key) => ledger.history(...key),
    privateState: (...key) => optional(ledger.privateState(...key)),
    privateRange: (...range) => returned(ledger.privateRange(...range)),
    privateQuery: (...query) => ledger.privateQuery(...query).map(returnedEntry),
    privateHash: (...key) => ledger.privateHash(...key),
  };
}

/** @throws {Error} worded as a peer words it, where CouchDB keeps a field for itself */
export function checkCouchDbValue(value: Uint8Array): void {
  const reserved = Object.keys(parseObject(value) ?? {}).find((name) => name.startsWith('_') || name === '~version');
  if (reserved !== undefined) throw new Error(`field [${reserved}] is not valid for the CouchDB state database`);
}

/** The bytes that come back for those that were put. */
export function asCouchDbReturns(value: Uint8Array): Uint8Array {
  const object = parseObject(value);
  return object ? Buffer.from(write(object)) : value;
}

/** Undefined for what CouchDB keeps as an attachment: all that is no JSON object. */
function parseObject(value: Uint8Array): JsonObject | undefined {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(value).toString());
    const isObject = typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed);
    return isObject ? (parsed as JsonObject) : undefined;
  } catch {
    return undefined;
  }
}

function write(value: JsonValue): string {
  if (typeof value === 'string') return writeString(value);
  if (Array.isArray(value)) return `[${value.map(write).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value)
    .sort(([left], [right]) => compareUtf8(left, right))
    .map(([name, member]) => `${writeString(name)}:${write(member ?? null)}`);
  return `{${members.join(',')}}`;
}

/** Go escapes what HTML would misread, and replaces lone surrogates. */
function writeString(text: string): string {
  return JSON.stringify(text.toWellFormed()).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function optional(entry: StateEntry | undefined): StateEntry | undefined {
  return entry && returnedEntry(entry);
}

function* returned(entries: IterableIterator<StateEntry>): Generator<StateEntry> {
  for (const entry of entries) yield returnedEntry(entry);
}

function returnedEntry(entry: StateEntry): StateEntry {
  return { ...entry, value: asCouchDbReturns(entry.value) };
}

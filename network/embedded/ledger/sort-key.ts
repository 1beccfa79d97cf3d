import type { JsonValue } from '../../../core/index.js';
import { asciiCollationKey, lettersOf } from './collation.js';

/**
 * JSON values as bytes that sort as CouchDB sorts the values: null, false, true, numbers, strings, arrays, objects; the
 * values of several fields one behind the other. Strings sort as Unicode collates them.
 *
 * Only where all strings are ASCII can bytes do that. Other keys are behind these, and no order is in them: but values
 * that CouchDB takes for equal have equal bytes there, too.
 */
export function encodeSortKey(values: readonly JsonValue[]): Buffer {
  const parts: Buffer[] = [];
  let sorted = true;
  for (const value of values) sorted = encodeValue(value, parts) && sorted;
  return Buffer.concat(sorted ? parts : [UNSORTED, ...parts]);
}

/** The key of several fields from those of each, all as byte strings. */
export function joinSortKeys(keys: readonly string[]): string {
  let joined = '';
  let sorted = true;
  for (const key of keys) {
    const isPartSorted = key.charCodeAt(0) !== UNSORTED[0];
    joined += isPartSorted ? key : key.slice(UNSORTED.length);
    sorted &&= isPartSorted;
  }
  return sorted ? joined : UNSORTED.toString('latin1') + joined;
}

/** Whether the order of keys says that of their values. */
export function isSorted(sortKey: Uint8Array): boolean {
  return sortKey[0] !== UNSORTED[0];
}

/** What the unsorted keys of values that begin with these begin with. */
export function unsortedPrefix(values: readonly JsonValue[]): Buffer {
  const key = encodeSortKey(values);
  return isSorted(key) ? Buffer.concat([UNSORTED, key]) : key;
}

/** Sorts behind every key that begins with `prefix`; without one, behind every sorted key. */
export function sortKeyEnd(prefix: Uint8Array): Buffer {
  return prefix.length === 0 ? UNSORTED : Buffer.concat([prefix, Buffer.from([0xff])]);
}

const NULL = Buffer.from([1]);
const FALSE = Buffer.from([2]);
const TRUE = Buffer.from([3]);
const NUMBER = 4;
const STRING = Buffer.from([5]);
/** The telling letters of a text that is not ASCII. */
const OTHER_STRING = Buffer.from([5, 0xff]);
const ARRAY = Buffer.from([6]);
const OBJECT = Buffer.from([7]);
/** Above every type's first byte. */
const UNSORTED = Buffer.from([8]);
/** Ends an array or object; below every type's first byte, so that the shorter one sorts first. */
const END = Buffer.from([0]);

/** @returns whether all strings in it are ASCII. */
function encodeValue(value: JsonValue, parts: Buffer[]): boolean {
  if (typeof value === 'string') return encodeString(value, parts);
  if (Array.isArray(value)) return encodeItems(ARRAY, value, parts);
  if (typeof value === 'object' && value !== null) {
    const keys = Object.keys(value).sort();
    return encodeItems(
      OBJECT,
      keys.flatMap((key): JsonValue[] => [key, value[key] ?? null]),
      parts,
    );
  }
  if (value === null) parts.push(NULL);
  else if (typeof value === 'number') parts.push(encodeNumber(value));
  else parts.push(value ? TRUE : FALSE);
  return true;
}

function encodeItems(type: Buffer, items: readonly JsonValue[], parts: Buffer[]): boolean {
  parts.push(type);
  let ascii = true;
  for (const item of items) ascii = encodeValue(item, parts) && ascii;
  parts.push(END);
  return ascii;
}

function encodeString(text: string, parts: Buffer[]): boolean {
  const key = asciiCollationKey(text);
  if (key) parts.push(STRING, key);
  else parts.push(OTHER_STRING, Buffer.from(lettersOf(text)), END);
  return key !== undefined;
}

/** IEEE 754 sorts as a signed magnitude: flip the sign of positive numbers and every bit of negative ones. */
function encodeNumber(value: number): Buffer {
  const bytes = Buffer.alloc(9);
  bytes[0] = NUMBER;
  bytes.writeDoubleBE(value === 0 ? 0 : value, 1);
  const negative = value < 0;
  for (let index = 1; index < 9; index++)
    bytes[index] = (bytes[index] ?? 0) ^ (negative ? 0xff : index === 1 ? 0x80 : 0);
  return bytes;
}

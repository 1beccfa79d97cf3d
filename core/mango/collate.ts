import type { JsonValue } from '../json/value.js';

/** Negative, zero or positive, as `Array.prototype.sort` takes it. */
export type CompareText = (left: string, right: string) => number;

/** By UTF-16 code units: the same on every machine, unlike CouchDB's ICU collation. */
export const compareCodeUnits: CompareText = (left, right) => (left < right ? -1 : Number(left > right));

export type CompareJson = (left: JsonValue, right: JsonValue) => number;

/** How CouchDB compares a document's key with anything: by its bytes, and behind all that is no string. */
export const compareKey: CompareJson = (left, right) =>
  typeof left === 'string' && typeof right === 'string' ? compareCodePoints(left, right) : 1;

/** The order of the UTF-8 bytes. */
function compareCodePoints(left: string, right: string): number {
  let index = 0;
  while (index < left.length && left[index] === right[index]) index += 1;
  // Two that begin with the same half of a pair differ in the other half, which is in order.
  return (left.codePointAt(index) ?? -1) - (right.codePointAt(index) ?? -1);
}

/**
 * CouchDB's order of JSON values: null, false, true, numbers, strings, arrays, objects. Arrays compare item by item, then
 * by length; objects member by member in the order of their keys (a peer stores them sorted), then by size.
 */
export function compareJson(left: JsonValue, right: JsonValue, compareText = compareCodeUnits): number {
  const difference = rank(left) - rank(right);
  if (difference !== 0) return difference;
  if (typeof left === 'number' && typeof right === 'number') return left < right ? -1 : Number(left > right);
  if (typeof left === 'string' && typeof right === 'string') return compareText(left, right);
  if (left === null || right === null || typeof left !== 'object' || typeof right !== 'object') return 0;
  return compareLists(members(left), members(right), compareText);
}

function compareLists(left: JsonValue[], right: JsonValue[], compareText: CompareText): number {
  for (const [index, item] of left.entries()) {
    const other = right[index];
    if (other === undefined) return 1;
    const difference = compareJson(item, other, compareText);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}

/** An array as it is; an object as keys and values in turn. */
function members(value: Exclude<JsonValue, string | number | boolean | null>): JsonValue[] {
  if (Array.isArray(value)) return value;
  return Object.keys(value)
    .sort()
    .flatMap((key): JsonValue[] => [key, value[key] ?? null]);
}

function rank(value: JsonValue): number {
  if (value === null) return 0;
  if (typeof value === 'boolean') return value ? 2 : 1;
  if (typeof value === 'number') return 3;
  if (typeof value === 'string') return 4;
  return Array.isArray(value) ? 5 : 6;
}

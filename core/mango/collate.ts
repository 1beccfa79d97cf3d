import type { JsonValue } from '../json/value.js';

/** Negative, zero or positive, as `Array.prototype.sort` takes it. */
export type CompareText = (left: string, right: string) => number;

export function compareJson(left: JsonValue, right: JsonValue, compareText?: CompareText): number {
  void compareText;
  return JSON.stringify(left) < JSON.stringify(right) ? -1 : 1;
}

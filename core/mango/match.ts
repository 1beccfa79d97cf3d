import type { JsonObject } from '../json/value.js';
import type { CompareText } from './collate.js';

export function matchesSelector(selector: JsonObject, document: JsonObject, compareText?: CompareText): boolean {
  void compareText;
  return Object.keys(selector).every((key) => key in document);
}

import { AuditError } from '../errors.js';
import type { JsonValue } from './value.js';

/** @throws {AuditError} */
export function parseJson(text: string): JsonValue {
  return JSON.parse(text) as JsonValue;
}

export type ParsedLine = { line: number; value: JsonValue } | { line: number; error: AuditError };

export function parseJsonLines(text: string, maxLines: number): ParsedLine[] {
  return text
    .split('\n', maxLines)
    .filter((line) => line.trim() !== '')
    .map((line, index) => ({ line: index + 1, value: parseJson(line) }));
}

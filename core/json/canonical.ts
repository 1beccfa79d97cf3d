import { AuditError } from '../errors.js';
import { LIMITS } from '../limits.js';
import { escapePointer } from './pointer.js';
import type { JsonValue } from './value.js';

/**
 * Canonical JSON, RFC 8785. Unlike `JSON.stringify` it throws where JavaScript would change the value silently:
 * NaN, infinities, lone surrogates, `undefined` and anything that is not JSON (RFC 8785 section 3.2.2).
 * @throws {AuditError} with a pointer to the place.
 */
export function canonicalize(value: JsonValue): string {
  return write(value, '', 0);
}

function write(value: JsonValue, pointer: string, depth: number): string {
  if (typeof value === 'string') return writeString(value, pointer);
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'number') return writeNumber(value, pointer);
  if (typeof value !== 'object') throw AuditError.at(pointer, 'INVALID_REQUEST', `${typeof value} is not a JSON value`);
  if (depth >= LIMITS.depth) throw AuditError.at(pointer, 'TOO_DEEP', `more than ${LIMITS.depth} levels`);
  if (Array.isArray(value)) {
    return `[${value.map((item, index) => write(item, `${pointer}/${index}`, depth + 1)).join(',')}]`;
  }
  const members: string[] = [];
  // Array.prototype.sort compares UTF-16 code units, as section 3.2.3 asks.
  for (const key of Object.keys(value).sort()) {
    const member = value[key];
    if (member === undefined) continue;
    const place = `${pointer}/${escapePointer(key)}`;
    members.push(`${writeString(key, place)}:${write(member, place, depth + 1)}`);
  }
  return `{${members.join(',')}}`;
}

function writeString(text: string, pointer: string): string {
  if (!text.isWellFormed()) throw AuditError.at(pointer, 'LONE_SURROGATE', 'the string holds a lone surrogate');
  return JSON.stringify(text);
}

function writeNumber(value: number, pointer: string): string {
  if (!Number.isFinite(value)) throw AuditError.at(pointer, 'INEXACT_NUMBER', `${value} is not a JSON number`);
  return JSON.stringify(value);
}

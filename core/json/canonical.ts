import { AuditError } from '../errors.js';
import { LIMITS } from '../limits.js';
import { escapePointer } from './pointer.js';
import type { JsonObject, JsonValue } from './value.js';

/**
 * Canonical JSON, RFC 8785. Unlike `JSON.stringify` it throws where JavaScript would change the value silently:
 * NaN, infinities, lone surrogates, holes in arrays, dates, maps and whatever else is not JSON (RFC 8785 section
 * 3.2.2). A member that is `undefined` is an absent one, as everywhere in TypeScript.
 * @throws {AuditError} with a pointer to the place.
 */
export function canonicalize(value: JsonValue, maxDepth: number = LIMITS.depth): string {
  return write(value, '', maxDepth);
}

function write(value: JsonValue, pointer: string, levelsLeft: number): string {
  if (typeof value === 'string') return writeString(value, pointer);
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'number') return writeNumber(value, pointer);
  if (typeof value !== 'object') throw AuditError.at(pointer, 'INVALID_REQUEST', `${typeof value} is not a JSON value`);
  if (levelsLeft <= 0) throw AuditError.at(pointer, 'TOO_DEEP', 'the value is nested too deeply');
  return Array.isArray(value) ? writeArray(value, pointer, levelsLeft) : writeObject(value, pointer, levelsLeft);
}

function writeArray(items: JsonValue[], pointer: string, levelsLeft: number): string {
  // Array.from visits holes, which `map` would skip.
  return `[${Array.from(items, (item, index) => write(item, `${pointer}/${index}`, levelsLeft - 1)).join(',')}]`;
}

function writeObject(object: JsonObject, pointer: string, levelsLeft: number): string {
  if (!isPlain(object)) throw AuditError.at(pointer, 'INVALID_REQUEST', 'the object is not a JSON value');
  const members: string[] = [];
  // Array.prototype.sort compares UTF-16 code units, as section 3.2.3 asks.
  for (const key of Object.keys(object).sort()) {
    const member = object[key];
    if (member === undefined) continue;
    const place = `${pointer}/${escapePointer(key)}`;
    members.push(`${writeString(key, place)}:${write(member, place, levelsLeft - 1)}`);
  }
  return `{${members.join(',')}}`;
}

/** Made by a literal or without a prototype, in whatever realm: not a Date, a Map, an instance of a class. */
function isPlain(object: JsonObject): boolean {
  const prototype: unknown = Object.getPrototypeOf(object);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function writeString(text: string, pointer: string): string {
  if (!text.isWellFormed()) throw AuditError.at(pointer, 'LONE_SURROGATE', 'the string holds a lone surrogate');
  return JSON.stringify(text);
}

function writeNumber(value: number, pointer: string): string {
  if (!Number.isFinite(value)) throw AuditError.at(pointer, 'INEXACT_NUMBER', `${value} is not a JSON number`);
  return JSON.stringify(value);
}

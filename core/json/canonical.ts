import { AuditError } from '../errors.js';
import type { ErrorCode } from '../errors.js';
import { LIMITS } from '../limits.js';
import { formatPointer } from './pointer.js';
import type { JsonValue } from './value.js';

/**
 * Canonical JSON of a value, to stand for it within a larger one: what is hashed, measured and kept in a document is
 * written once.
 */
export class WrittenJson {
  constructor(readonly text: string) {}

  /** @throws {AuditError} as `canonicalize` */
  static of(value: JsonValue, maxDepth?: number, path?: readonly string[]): WrittenJson {
    return new WrittenJson(canonicalize(value, maxDepth, path));
  }
}

/** Gives canonical JSON of a value, which may be at hand. */
export type JsonWriter = (value: JsonValue) => WrittenJson;

export const writeValue: JsonWriter = (value) => WrittenJson.of(value);

/** A JSON value of which parts are written already. */
export type WritableJson = JsonValue | WrittenJson | WritableJson[] | WritableObject;
interface WritableObject {
  [key: string]: WritableJson;
}

/**
 * Canonical JSON, RFC 8785. Unlike `JSON.stringify` it throws where JavaScript would change the value silently:
 * NaN, infinities, lone surrogates, holes in arrays, dates, maps and whatever else is not JSON (RFC 8785 section
 * 3.2.2). A member that is `undefined` is an absent one, as everywhere in TypeScript.
 * @param path where the value stands in a larger one: its depth counts, and pointers begin with it.
 * @throws {AuditError} with a pointer to the place.
 */
export function canonicalize(
  value: WritableJson,
  maxDepth: number = LIMITS.depth,
  path: readonly string[] = [],
): string {
  return write(value, [...path], maxDepth);
}

/** Keys and indexes from the root to the value being written; becomes a pointer only when something is refused. */
type Path = (string | number)[];

function write(value: WritableJson, path: Path, maxDepth: number): string {
  if (typeof value === 'string') return writeString(value, path);
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'number') return writeNumber(value, path);
  if (typeof value !== 'object') throw refuse(path, 'INVALID_REQUEST', `${typeof value} is not a JSON value`);
  if (path.length >= maxDepth) throw refuse(path, 'TOO_DEEP', 'the value is nested too deeply');
  return Array.isArray(value) ? writeArray(value, path, maxDepth) : writeObject(value, path, maxDepth);
}

function writeArray(items: WritableJson[], path: Path, maxDepth: number): string {
  let text = '';
  // By index, because `map` and `forEach` skip holes.
  for (let index = 0; index < items.length; index++) {
    path.push(index);
    text += (index === 0 ? '' : ',') + write(items[index] as WritableJson, path, maxDepth);
    path.pop();
  }
  return `[${text}]`;
}

function writeObject(object: WritableObject | WrittenJson, path: Path, maxDepth: number): string {
  if (object instanceof WrittenJson) return object.text;
  if (!isPlain(object)) throw refuse(path, 'INVALID_REQUEST', 'the object is not a JSON value');
  let text = '';
  for (const key of inOrder(Object.keys(object))) {
    const member = object[key];
    if (member === undefined) continue;
    path.push(key);
    const name = names.get(key) ?? writeName(key, path);
    text += (text === '' ? name.first : name.next) + write(member, path, maxDepth);
    path.pop();
  }
  return `{${text}}`;
}

/** A member's name as it is written, before other members and behind them. */
interface Name {
  first: string;
  next: string;
}

/** Names come again with every event. What is sent in may have others: only so many are remembered, and short ones. */
const names = new Map<string, Name>();
const MAX_NAMES = 1024;
const LONGEST_NAME = 64;

function writeName(key: string, path: Path): Name {
  const first = `${writeString(key, path)}:`;
  const name = { first, next: `,${first}` };
  if (key.length > LONGEST_NAME) return name;
  if (names.size >= MAX_NAMES) names.clear();
  names.set(key, name);
  return name;
}

/** By UTF-16 code units, as section 3.2.3 asks; so JavaScript compares and sorts. What is in order stays as it is. */
function inOrder(keys: string[]): string[] {
  let previous = '';
  for (const key of keys) {
    if (key < previous) return keys.sort();
    previous = key;
  }
  return keys;
}

/** Made by a literal or without a prototype, in whatever realm: not a Date, a Map, an instance of a class. */
function isPlain(object: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(object);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** Whatever is not printable ASCII, or escaped in JSON. Most strings have none of it, and are written as they are. */
const AWKWARD = /[^ !#-[\]-~]/;

function writeString(text: string, path: Path): string {
  if (!AWKWARD.test(text)) return `"${text}"`;
  if (!text.isWellFormed()) throw refuse(path, 'LONE_SURROGATE', 'the string holds a lone surrogate');
  return JSON.stringify(text);
}

function writeNumber(value: number, path: Path): string {
  if (!Number.isFinite(value)) throw refuse(path, 'INEXACT_NUMBER', `${value} is not a JSON number`);
  return String(value); // as section 3.2.2.3 asks, and JSON.stringify does
}

function refuse(path: Path, code: ErrorCode, detail: string): AuditError {
  return AuditError.at(formatPointer(path), code, detail);
}

import { AuditError } from '../errors.js';
import type { ErrorCode } from '../errors.js';
import { LIMITS } from '../limits.js';
import { isKeptNumber } from './number.js';
import { formatPointer } from './pointer.js';
import type { JsonObject, JsonValue } from './value.js';

/**
 * Strict JSON (RFC 8259). What `JSON.parse` would change or drop silently is refused with a pointer to it: duplicate
 * keys, numbers that a double cannot keep, lone surrogates, the key `__proto__`, more than `maxDepth` levels.
 * @throws {AuditError} MALFORMED_JSON, DUPLICATE_KEY, INEXACT_NUMBER, LONE_SURROGATE, UNSAFE_KEY, TOO_DEEP
 */
export function parseJson(text: string, maxDepth: number = LIMITS.depth): JsonValue {
  return new Parser(text, maxDepth).document();
}

/** One line of NDJSON that is not blank; `line` counts from 1. */
export type ParsedLine = { line: number; value: JsonValue } | { line: number; error: AuditError };

/**
 * NDJSON: one value a line, blank lines skipped. A bad line does not stop the others.
 * @throws {AuditError} TOO_LARGE where more than `maxLines` lines are not blank.
 */
export function parseJsonLines(text: string, maxLines: number): ParsedLine[] {
  const parsed: ParsedLine[] = [];
  let line = 0;
  for (let start = 0; start < text.length;) {
    const newline = text.indexOf('\n', start);
    const end = newline < 0 ? text.length : newline;
    const content = text.slice(start, end);
    start = end + 1;
    line += 1;
    if (BLANK.test(content)) continue;
    if (parsed.length === maxLines) throw new AuditError('TOO_LARGE', `more than ${maxLines} lines`);
    parsed.push(parseLine(content, line));
  }
  return parsed;
}

function parseLine(content: string, line: number): ParsedLine {
  try {
    return { line, value: parseJson(content) };
  } catch (error) {
    if (error instanceof AuditError) return { line, error };
    throw error;
  }
}

const BLANK = /^[ \t\r]*$/;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const NEEDS_DECODING = /[\\\u0000-\u001f]/; // eslint-disable-line no-control-regex -- JSON forbids them unescaped
const BACKSLASH = 0x5c;

class Parser {
  private position = 0;
  /** Keys and indexes from the root to the value being read; becomes a pointer only when something is refused. */
  private readonly path: (string | number)[] = [];

  constructor(
    private readonly text: string,
    private readonly maxDepth: number,
  ) {}

  document(): JsonValue {
    const value = this.value();
    if (this.next() !== '') throw this.malformed('text after the value');
    return value;
  }

  private value(): JsonValue {
    switch (this.next()) {
      case '{':
        return this.object();
      case '[':
        return this.array();
      case '"':
        return this.string();
      case 't':
        return this.literal('true', true);
      case 'f':
        return this.literal('false', false);
      case 'n':
        return this.literal('null', null);
      default:
        return this.number();
    }
  }

  private object(): JsonObject {
    this.open();
    const object: JsonObject = {};
    if (this.next() === '}') return this.close(object);
    for (;;) {
      if (this.next() !== '"') throw this.malformed('expected a key');
      const key = this.string();
      this.path.push(key);
      if (key === '__proto__') throw this.refuse('UNSAFE_KEY', 'the key __proto__ is reserved');
      if (Object.hasOwn(object, key)) throw this.refuse('DUPLICATE_KEY', 'the object has this key already');
      if (this.next() !== ':') throw this.malformed('expected a colon');
      this.position += 1;
      object[key] = this.value();
      this.path.pop();
      if (this.next() === '}') return this.close(object);
      this.comma('}');
    }
  }

  private array(): JsonValue[] {
    this.open();
    const array: JsonValue[] = [];
    if (this.next() === ']') return this.close(array);
    for (;;) {
      this.path.push(array.length);
      array.push(this.value());
      this.path.pop();
      if (this.next() === ']') return this.close(array);
      this.comma(']');
    }
  }

  private open(): void {
    if (this.path.length >= this.maxDepth) throw this.refuse('TOO_DEEP', `more than ${this.maxDepth} levels`);
    this.position += 1;
  }

  private close<Container>(container: Container): Container {
    this.position += 1;
    return container;
  }

  private comma(end: string): void {
    if (this.next() !== ',') throw this.malformed(`expected a comma or ${end}`);
    this.position += 1;
  }

  private string(): string {
    const start = this.position;
    const end = this.closingQuote(start + 1);
    if (end < 0) throw this.malformed('the string does not end');
    let value = this.text.slice(start + 1, end);
    if (NEEDS_DECODING.test(value)) {
      try {
        value = JSON.parse(this.text.slice(start, end + 1)) as string;
      } catch {
        throw this.malformed('the string holds a bad escape or a control character');
      }
    }
    if (!value.isWellFormed()) throw this.refuse('LONE_SURROGATE', 'the string holds a lone surrogate');
    this.position = end + 1;
    return value;
  }

  /** The next quote with an even number of backslashes before it, or -1. */
  private closingQuote(from: number): number {
    for (let quote = this.text.indexOf('"', from); quote >= 0; quote = this.text.indexOf('"', quote + 1)) {
      let start = quote;
      while (start > from && this.text.charCodeAt(start - 1) === BACKSLASH) start -= 1;
      if ((quote - start) % 2 === 0) return quote;
    }
    return -1;
  }

  private number(): number {
    NUMBER.lastIndex = this.position;
    const token = NUMBER.exec(this.text)?.[0];
    if (token === undefined) throw this.malformed('expected a value');
    const value = Number(token);
    if (!isKeptNumber(token, value)) {
      throw this.refuse('INEXACT_NUMBER', `${token.slice(0, 40)} would be changed; send it as a string`);
    }
    this.position += token.length;
    return value;
  }

  private literal<Value>(word: string, value: Value): Value {
    if (!this.text.startsWith(word, this.position)) throw this.malformed('expected a value');
    this.position += word.length;
    return value;
  }

  /** Skips white space; the character that follows, `''` at the end. */
  private next(): string {
    for (;;) {
      const char = this.text.charAt(this.position);
      if (char !== ' ' && char !== '\n' && char !== '\r' && char !== '\t') return char;
      this.position += 1;
    }
  }

  private malformed(what: string): AuditError {
    return this.refuse('MALFORMED_JSON', `${what} at position ${this.position}`);
  }

  private refuse(code: ErrorCode, detail: string): AuditError {
    return AuditError.at(formatPointer(this.path), code, detail);
  }
}

import { AuditError } from '../errors.js';
import type { ErrorCode } from '../errors.js';
import type { CanonicalMembers } from './canonical-members.js';
import { ALWAYS_KEPT, isKeptNumber } from './number.js';
import { formatPointer } from './pointer.js';
import type { JsonObject, JsonValue } from './value.js';

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const CONTROL = /[\u0000-\u001f]/; // eslint-disable-line no-control-regex -- JSON forbids them unescaped

/** Code units. */
const TAB = 0x09;
const NEWLINE = 0x0a;
const RETURN = 0x0d;
const SPACE = 0x20;
const QUOTE = 0x22;
const COMMA = 0x2c;
const POINT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
const COLON = 0x3a;
const OPEN_ARRAY = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_ARRAY = 0x5d;
const LOWER_E = 0x65;
const LOWER_F = 0x66;
const LOWER_N = 0x6e;
const LOWER_T = 0x74;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const UPPER_E = 0x45;

/** What had been met when an object or array began. */
interface Opened {
  start: number;
  deviations: number;
  deepest: number;
}

/** Reads one text. What most texts have none of is looked for in the whole of it once, not in each of its strings. */
export class Parser {
  private position = 0;
  /** How many things were met that canonical JSON has not. */
  private deviations = 0;
  /** Keys and indexes above the deepest object or array that was met inside the one being read. */
  private deepest = 0;
  /** Keys and indexes from the root to the value being read; becomes a pointer only when something is refused. */
  private readonly path: (string | number)[] = [];
  private readonly hasEscapes: boolean;
  private readonly hasControls: boolean;
  private readonly isWellFormed: boolean;

  constructor(
    private readonly text: string,
    private readonly maxDepth: number,
    private readonly members: CanonicalMembers | undefined,
  ) {
    this.hasEscapes = text.includes('\\');
    this.hasControls = CONTROL.test(text);
    this.isWellFormed = text.isWellFormed();
  }

  document(): JsonValue {
    const value = this.value();
    this.next();
    if (this.position < this.text.length) throw this.malformed('text after the value');
    return value;
  }

  private value(): JsonValue {
    switch (this.next()) {
      case OPEN_OBJECT:
        return this.object();
      case OPEN_ARRAY:
        return this.array();
      case QUOTE:
        return this.string();
      case LOWER_T:
        return this.literal('true', true);
      case LOWER_F:
        return this.literal('false', false);
      case LOWER_N:
        return this.literal('null', null);
      default:
        return this.number();
    }
  }

  private object(): JsonObject {
    const opened = this.open();
    const object: JsonObject = {};
    let greatest = '';
    if (this.next() === CLOSE_OBJECT) return this.close(object, opened);
    for (let isFirst = true; ; isFirst = false) {
      if (this.next() !== QUOTE) throw this.malformed('expected a key');
      const key = this.string();
      this.path.push(key);
      if (isFirst || key > greatest) greatest = key;
      else this.checkKeyOutOfOrder(object, key);
      if (key === '__proto__') throw this.refuse('UNSAFE_KEY', 'the key __proto__ is reserved');
      if (this.next() !== COLON) throw this.malformed('expected a colon');
      this.position += 1;
      object[key] = this.value();
      this.path.pop();
      if (this.next() === CLOSE_OBJECT) return this.close(object, opened);
      this.comma('}');
    }
  }

  /** A key that is greater than all before it is new. */
  private checkKeyOutOfOrder(object: JsonObject, key: string): void {
    if (Object.hasOwn(object, key)) throw this.refuse('DUPLICATE_KEY', 'the object has this key already');
    this.deviations += 1;
  }

  private array(): JsonValue[] {
    const opened = this.open();
    const array: JsonValue[] = [];
    if (this.next() === CLOSE_ARRAY) return this.close(array, opened);
    for (;;) {
      this.path.push(array.length);
      array.push(this.value());
      this.path.pop();
      if (this.next() === CLOSE_ARRAY) return this.close(array, opened);
      this.comma(']');
    }
  }

  private open(): Opened {
    const level = this.path.length;
    if (level >= this.maxDepth) throw this.refuse('TOO_DEEP', `more than ${this.maxDepth} levels`);
    const opened = { start: this.position, deviations: this.deviations, deepest: this.deepest };
    this.deepest = level;
    this.position += 1;
    return opened;
  }

  private close<Container extends object>(container: Container, opened: Opened): Container {
    this.position += 1;
    if (this.deviations === opened.deviations && this.members?.has(this.path.at(-1))) {
      const levels = this.deepest - this.path.length + 1;
      this.members.note(container, this.text.slice(opened.start, this.position), levels);
    }
    this.deepest = Math.max(this.deepest, opened.deepest);
    return container;
  }

  private comma(end: string): void {
    if (this.next() !== COMMA) throw this.malformed(`expected a comma or ${end}`);
    this.position += 1;
  }

  private string(): string {
    const start = this.position;
    const end = this.closingQuote(start + 1);
    if (end < 0) throw this.malformed('the string does not end');
    let value = this.text.slice(start + 1, end);
    if (this.needsDecoding(value)) value = this.decode(this.text.slice(start, end + 1));
    else if (!this.isWellFormed) this.checkWellFormed(value);
    this.position = end + 1;
    return value;
  }

  private needsDecoding(value: string): boolean {
    return (this.hasEscapes && value.includes('\\')) || (this.hasControls && CONTROL.test(value));
  }

  private decode(token: string): string {
    let value: string;
    try {
      value = JSON.parse(token) as string;
    } catch {
      throw this.malformed('the string holds a bad escape or a control character');
    }
    this.checkWellFormed(value);
    if (this.members && JSON.stringify(value) !== token) this.deviations += 1;
    return value;
  }

  private checkWellFormed(value: string): void {
    if (!value.isWellFormed()) throw this.refuse('LONE_SURROGATE', 'the string holds a lone surrogate');
  }

  /** The next quote with an even number of backslashes before it, or -1. */
  private closingQuote(from: number): number {
    for (let quote = this.text.indexOf('"', from); quote >= 0; quote = this.text.indexOf('"', quote + 1)) {
      if (!this.hasEscapes) return quote;
      let start = quote;
      while (start > from && this.text.charCodeAt(start - 1) === BACKSLASH) start -= 1;
      if ((quote - start) % 2 === 0) return quote;
    }
    return -1;
  }

  private number(): number {
    const short = this.shortInteger();
    if (short !== undefined) return short;
    NUMBER.lastIndex = this.position;
    const token = NUMBER.exec(this.text)?.[0];
    if (token === undefined) throw this.malformed('expected a value');
    const value = Number(token);
    if (!isKeptNumber(token, value)) {
      throw this.refuse('INEXACT_NUMBER', `${token.slice(0, 40)} would be changed; send it as a string`);
    }
    if (this.members && String(value) !== token) this.deviations += 1;
    this.position += token.length;
    return value;
  }

  /** Most numbers are digits only, and few. */
  private shortInteger(): number | undefined {
    let value = 0;
    let end = this.position;
    let unit = this.text.charCodeAt(end);
    const isZero = unit === ZERO;
    for (; unit >= ZERO && unit <= NINE; unit = this.text.charCodeAt(++end)) value = value * 10 + (unit - ZERO);
    const digits = end - this.position;
    if (digits === 0 || digits > ALWAYS_KEPT || (isZero && digits > 1)) return undefined;
    if (unit === POINT || unit === LOWER_E || unit === UPPER_E) return undefined;
    this.position = end;
    return value;
  }

  private literal<Value>(word: string, value: Value): Value {
    if (!this.text.startsWith(word, this.position)) throw this.malformed('expected a value');
    this.position += word.length;
    return value;
  }

  /** Skips white space; the code unit that follows, NaN at the end. */
  private next(): number {
    let unit = this.text.charCodeAt(this.position);
    if (unit > SPACE) return unit;
    while (unit === SPACE || unit === NEWLINE || unit === RETURN || unit === TAB) {
      this.deviations += 1;
      unit = this.text.charCodeAt(++this.position);
    }
    return unit;
  }

  private malformed(what: string): AuditError {
    return this.refuse('MALFORMED_JSON', `${what} at position ${this.position}`);
  }

  private refuse(code: ErrorCode, detail: string): AuditError {
    return AuditError.at(formatPointer(this.path), code, detail);
  }
}

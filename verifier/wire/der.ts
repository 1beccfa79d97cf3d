/** A strict reader of DER (X.690), as far as certificates need it: definite, minimal lengths and low tag numbers. */

/** What is not DER. */
export class DerError extends Error {}

export const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  oid: 0x06,
  utf8String: 0x0c,
  printableString: 0x13,
  ia5String: 0x16,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
  version: 0xa0,
  extensions: 0xa3,
} as const;

export interface DerElement {
  tag: number;
  content: Uint8Array;
  /** With tag and length: what a signature covers. */
  raw: Uint8Array;
}

/** Elements one after the other. */
export class DerReader {
  #position = 0;

  constructor(private readonly bytes: Uint8Array) {}

  isAtEnd(): boolean {
    return this.#position === this.bytes.length;
  }

  /** Whether the next element has this tag. */
  isNext(tag: number): boolean {
    return this.bytes[this.#position] === tag;
  }

  /** @throws {DerError} where the next element is another one, or none. */
  next(tag?: number): DerElement {
    const start = this.#position;
    const found = this.#byte();
    if (tag !== undefined && found !== tag) throw new DerError(`tag ${found} in place of ${tag}`);
    if ((found & 0x1f) === 0x1f) throw new DerError('a long tag');
    const length = this.#length();
    const contentStart = this.#position;
    const end = contentStart + length;
    if (end > this.bytes.length) throw new DerError('an element is longer than what holds it');
    this.#position = end;
    return { tag: found, content: this.bytes.subarray(contentStart, end), raw: this.bytes.subarray(start, end) };
  }

  /** @throws {DerError} where something is left. */
  end(): void {
    if (!this.isAtEnd()) throw new DerError('something follows the last element');
  }

  #length(): number {
    const first = this.#byte();
    if (first < 0x80) return first;
    const count = first & 0x7f;
    if (count === 0 || count > 3) throw new DerError('a length that is indefinite or too large');
    let length = 0;
    for (let index = 0; index < count; index++) length = length * 256 + this.#byte();
    const isMinimal = length >= 0x80 && length >= 256 ** (count - 1);
    if (!isMinimal) throw new DerError('a length is padded');
    return length;
  }

  #byte(): number {
    const byte = this.bytes[this.#position++];
    if (byte === undefined) throw new DerError('the end comes too early');
    return byte;
  }
}

/** The one element that the bytes are. */
export function readDer(bytes: Uint8Array, tag: number): DerReader {
  const reader = new DerReader(bytes);
  const element = reader.next(tag);
  reader.end();
  return new DerReader(element.content);
}

/** Dotted decimal. */
export function readOid(content: Uint8Array): string {
  const parts: number[] = [];
  let value = 0;
  for (const byte of content) {
    value = value * 128 + (byte & 0x7f);
    if (value > Number.MAX_SAFE_INTEGER / 128) throw new DerError('an object identifier is too large');
    if (byte >= 0x80) continue;
    parts.push(value);
    value = 0;
  }
  const [first, ...rest] = parts;
  if (first === undefined || (content.at(-1) ?? 0) >= 0x80) throw new DerError('an object identifier does not end');
  const root = Math.min(2, Math.floor(first / 40));
  return [root, first - root * 40, ...rest].join('.');
}

/** UTCTime or GeneralizedTime as RFC 5280, section 4.1.2.5, allows them; milliseconds since the epoch. */
export function readTime({ tag, content }: DerElement): number {
  const text = String.fromCharCode(...content.subarray(0, 32));
  const match = (tag === TAG.utcTime ? UTC_TIME : tag === TAG.generalizedTime ? GENERALIZED_TIME : undefined)?.exec(
    text,
  );
  if (!match) throw new DerError('not a time');
  const [, year = '', month, day, hour, minute, second] = match;
  const century = year.length === 4 ? '' : Number(year) >= 50 ? '19' : '20';
  const ms = Date.parse(`${century}${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  if (Number.isNaN(ms)) throw new DerError('not a time');
  return ms;
}

const UTC_TIME = /^(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})Z$/;
const GENERALIZED_TIME = /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})Z$/;

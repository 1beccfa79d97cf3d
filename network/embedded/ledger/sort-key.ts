import type { JsonValue } from '../../../core/index.js';

/**
 * JSON values as bytes that sort as CouchDB sorts the values: null, false, true, numbers, strings, arrays, objects; the
 * values of several fields one behind the other. Strings sort by their UTF-8 bytes (CouchDB: by ICU's collation).
 */
export function encodeSortKey(values: readonly JsonValue[]): Buffer {
  const parts: Buffer[] = [];
  for (const value of values) encodeValue(value, parts);
  return Buffer.concat(parts);
}

/** Sorts behind every sort key that begins with `prefix`. */
export function sortKeyEnd(prefix: Uint8Array): Buffer {
  return Buffer.concat([prefix, Buffer.from([0xff])]);
}

const NULL = Buffer.from([1]);
const FALSE = Buffer.from([2]);
const TRUE = Buffer.from([3]);
const NUMBER = 4;
const STRING = 5;
const ARRAY = Buffer.from([6]);
const OBJECT = Buffer.from([7]);
/** Ends an array or object; below every type's first byte, so that the shorter one sorts first. */
const END = Buffer.from([0]);

function encodeValue(value: JsonValue, parts: Buffer[]): void {
  if (value === null) parts.push(NULL);
  else if (typeof value === 'boolean') parts.push(value ? TRUE : FALSE);
  else if (typeof value === 'number') parts.push(encodeNumber(value));
  else if (typeof value === 'string') parts.push(encodeString(value));
  else if (Array.isArray(value)) {
    parts.push(ARRAY);
    for (const item of value) encodeValue(item, parts);
    parts.push(END);
  } else {
    parts.push(OBJECT);
    for (const key of Object.keys(value).sort()) {
      encodeValue(key, parts);
      encodeValue(value[key] ?? null, parts);
    }
    parts.push(END);
  }
}

/** IEEE 754 sorts as a signed magnitude: flip the sign of positive numbers and every bit of negative ones. */
function encodeNumber(value: number): Buffer {
  const bytes = Buffer.alloc(9);
  bytes[0] = NUMBER;
  bytes.writeDoubleBE(value === 0 ? 0 : value, 1);
  const negative = value < 0;
  for (let index = 1; index < 9; index++)
    bytes[index] = (bytes[index] ?? 0) ^ (negative ? 0xff : index === 1 ? 0x80 : 0);
  return bytes;
}

/** Zero ends it; a zero inside is followed by 0xff, so that the end sorts first. */
function encodeString(text: string): Buffer {
  const bytes = Buffer.allocUnsafe(Buffer.byteLength(text) + 3);
  bytes[0] = STRING;
  const end = 1 + bytes.write(text, 1);
  bytes.fill(0, end);
  return text.includes('\0') ? escapeZeros(bytes, end) : bytes;
}

function escapeZeros(bytes: Buffer, end: number): Buffer {
  const escaped = [...bytes.subarray(0, end)].flatMap((byte) => (byte === 0 ? [0, 0xff] : [byte]));
  return Buffer.from([...escaped, ...bytes.subarray(end)]);
}

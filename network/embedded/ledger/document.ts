import type { JsonObject } from '../../../core/index.js';

const OPENING_BRACE = 0x7b;
const WHITESPACE = new Set([0x20, 0x09, 0x0a, 0x0d]);

/**
 * A value as rich queries see it: with its key as `_id`. Undefined for what is not a JSON object: CouchDB keeps that as
 * an attachment, which no query finds.
 */
export function parseDocument(key: string, value: Uint8Array): JsonObject | undefined {
  const first = value.find((byte) => !WHITESPACE.has(byte));
  if (first !== OPENING_BRACE) return undefined;
  try {
    const text = Buffer.from(value.buffer, value.byteOffset, value.length).toString();
    const document = JSON.parse(text) as JsonObject;
    document['_id'] = key;
    return document;
  } catch {
    return undefined;
  }
}

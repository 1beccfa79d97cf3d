import express from 'express';
import type { Request, RequestHandler } from 'express';
import { AuditError, LIMITS, parseJson, parseJsonLines } from '../../core/index.js';
import type { JsonValue } from '../../core/index.js';
import type { PostedItem } from '../intake/write-path.js';

/** Reads the body as bytes, whatever it calls itself, up to the limit (after decompression). */
export function readBody(maxBytes: number): RequestHandler {
  return express.raw({ type: () => true, limit: maxBytes });
}

/** @throws {AuditError} UNSUPPORTED_MEDIA_TYPE, MALFORMED_JSON and those of `parseJson` */
export function jsonBody(req: Request): JsonValue {
  requireType(req, ['application/json']);
  return parseJson(bodyText(req), LIMITS.envelopeDepth);
}

/** Lines of JSON; a line that does not parse becomes an item with its error. */
export function ndjsonItems(req: Request): PostedItem[] {
  const lines = parseJsonLines(bodyText(req), LIMITS.eventsPerRequest);
  return lines.map((line, index) => {
    const pointer = `/${index}`;
    return 'error' in line ? { pointer, error: line.error } : { pointer, value: line.value };
  });
}

export const NDJSON = 'application/x-ndjson';

export function requireType(req: Request, types: string[]): string {
  const type = req.is(types);
  if (typeof type === 'string') return type;
  throw new AuditError('UNSUPPORTED_MEDIA_TYPE', `Expected ${types.join(' or ')}.`);
}

/** @throws {AuditError} MALFORMED_JSON where the body is not UTF-8 */
export function bodyText(req: Request): string {
  const bytes: unknown = req.body;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(
      Buffer.isBuffer(bytes) ? bytes : new Uint8Array(),
    );
  } catch {
    throw new AuditError('MALFORMED_JSON', 'The body is not UTF-8.');
  }
}

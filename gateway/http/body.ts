import express from 'express';
import type { NextFunction, Request, RequestHandler } from 'express';
import { AuditError, LIMITS, parseJson, parseJsonLines } from '../../core/index.js';
import type { JsonValue } from '../../core/index.js';
import type { PostedItem } from '../intake/write-path.js';

/**
 * Reads the body as bytes, whatever it calls itself, up to the limit (after decompression). One that says how long it is,
 * as nearly all do, needs none of what Express' reader is for: counting, decompressing, reading off what is too much.
 */
export function readBody(maxBytes: number): RequestHandler {
  const readAny: RequestHandler = express.raw({ type: () => true, limit: maxBytes });
  return (req, res, next) => {
    if (saysItsLength(req) && Number(req.headers['content-length']) <= maxBytes) readPlain(req, next);
    else readAny(req, res, next);
  };
}

/** Whether `Content-Length`, or its absence, says how many bytes the body has. */
export function saysItsLength({ headers }: Request): boolean {
  return headers['transfer-encoding'] === undefined && headers['content-encoding'] === undefined;
}

function readPlain(req: Request, next: NextFunction): void {
  const chunks: Buffer[] = [];
  req.on('data', (chunk: Buffer) => chunks.push(chunk));
  req.on('end', () => {
    req.body = chunks.length === 1 ? chunks[0] : Buffer.concat(chunks);
    next();
  });
  req.on('aborted', () => next(new AuditError('INVALID_REQUEST', 'The body could not be read.')));
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
  const said = req.headers['content-type'];
  // Nearly always it is just that. Without a body it is no type of anything, which `is` knows.
  if (said !== undefined && req.body !== undefined && types.includes(said)) return said;
  const type = req.is(types);
  if (typeof type === 'string') return type;
  throw new AuditError('UNSUPPORTED_MEDIA_TYPE', `Expected ${types.join(' or ')}.`);
}

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** @throws {AuditError} MALFORMED_JSON where the body is not UTF-8 */
export function bodyText(req: Request): string {
  const bytes: unknown = req.body;
  try {
    return UTF8.decode(Buffer.isBuffer(bytes) ? bytes : new Uint8Array());
  } catch {
    throw new AuditError('MALFORMED_JSON', 'The body is not UTF-8.');
  }
}

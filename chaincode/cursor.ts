import { createHash } from 'node:crypto';
import { z } from 'zod';
import { AuditError, normalizeTimestamp, parseJson } from '../core/index.js';
import { writeJson } from './json.js';

/** A time in the sortable form, as positions hold it. */
export const sortableTime = z.string().refine((text) => normalizeTimestamp(text) === text);

/**
 * A cursor says where an answer ended, and which request it answered: base64url of the JSON
 * `{q: digest of the request, at: position}`. It holds nothing of the peer (bookmarks differ between peers).
 */
export function writeCursor(request: object, position: object): string {
  return Buffer.from(writeJson({ q: digest(request), at: position })).toString('base64url');
}

/**
 * @param request the request without its cursor and limit: a cursor goes on with another page size.
 * @throws {AuditError} INVALID_CURSOR where it is not a cursor of this request.
 */
export function readCursor<Schema extends z.ZodType>(
  text: string,
  request: object,
  position: Schema,
): z.output<Schema> {
  const cursor = z.strictObject({ q: z.literal(digest(request)), at: z.unknown() }).safeParse(decode(text));
  const at = position.safeParse(cursor.data?.at);
  if (!at.success) throw AuditError.at('/cursor', 'INVALID_CURSOR', 'the cursor is not one of this request');
  return at.data;
}

function decode(text: string): unknown {
  const bytes = Buffer.from(text, 'base64url');
  // Node skips what is not base64url; a cursor has one spelling.
  if (bytes.toString('base64url') !== text) return undefined;
  try {
    return parseJson(bytes.toString());
  } catch {
    return undefined;
  }
}

function digest(request: object): string {
  return createHash('sha256').update(writeJson(request)).digest('hex').slice(0, 16);
}

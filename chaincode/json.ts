import type { z } from 'zod';
import { AuditError, canonicalize, formatPointer, LIMITS, parseJson } from '../core/index.js';
import type { JsonValue, WritableJson } from '../core/index.js';

/**
 * Reads one argument of a transaction.
 * @throws {AuditError} what `parseJson` and `checkArgument` throw
 */
export function parseArgument<Schema extends z.ZodType>(schema: Schema, text: string): z.output<Schema> {
  return checkArgument(schema, parseJson(text, LIMITS.envelopeDepth));
}

/** @throws {AuditError} INVALID_REQUEST with a pointer to each place that does not fit. */
export function checkArgument<Schema extends z.ZodType>(schema: Schema, value: JsonValue): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const errors = parsed.error.issues.map((issue) => ({ pointer: formatPointer(issue.path), detail: issue.message }));
  throw new AuditError('INVALID_REQUEST', 'the argument does not fit the interface', errors);
}

/**
 * Writes documents and answers in canonical form: an endorsed answer has to be the same bytes from every peer, and
 * CouchDB and LevelDB return the members of an object in different orders. Parts may be written already.
 */
export function writeJson(value: object | null): string {
  return canonicalize(value as WritableJson, LIMITS.envelopeDepth);
}

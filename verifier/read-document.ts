import { z } from 'zod';
import { AuditError, formatPointer, LIMITS, parseJson } from '../core/index.js';
import type { JsonValue } from '../core/index.js';
import { check, refuse } from './faults.js';

/** A format of documents: which name and version say that it is one, and how large it may be. */
export interface DocumentFormat<Schema extends z.ZodType> {
  schema: Schema;
  format: string;
  version: number;
  maxBytes: number;
}

/**
 * A document that somebody hands over: nothing in it is known to be as it should.
 * @throws {EvidenceFault} TOO_LARGE, NOT_JSON, UNKNOWN_FORMAT, MALFORMED_EVIDENCE
 */
export function readDocument<Schema extends z.ZodType>(
  bytes: Uint8Array,
  { schema, format, version, maxBytes }: DocumentFormat<Schema>,
): z.output<Schema> {
  check(bytes.length <= maxBytes, 'TOO_LARGE', '', `it has ${bytes.length} bytes`);
  const json = parse(bytes);
  const header = z.object({ format: z.literal(format), version: z.literal(version) });
  check(header.safeParse(json).success, 'UNKNOWN_FORMAT', '', `expected ${format} of version ${version}`);
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  return refuse(
    'MALFORMED_EVIDENCE',
    formatPointer(issue?.path.map(partOf) ?? []),
    issue?.message ?? 'it does not fit',
  );
}

function parse(bytes: Uint8Array): JsonValue {
  try {
    return parseJson(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes), LIMITS.envelopeDepth);
  } catch (error) {
    if (error instanceof AuditError) refuse('NOT_JSON', error.errors[0]?.pointer ?? '', error.message);
    return refuse('NOT_JSON', '', 'it is not UTF-8');
  }
}

function partOf(part: PropertyKey): string | number {
  return typeof part === 'symbol' ? String(part) : part;
}

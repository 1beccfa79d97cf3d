import { z } from 'zod';
import {
  AuditError,
  evidence,
  EVIDENCE_FORMAT,
  EVIDENCE_VERSION,
  formatPointer,
  LIMITS,
  parseJson,
} from '../core/index.js';
import type { Evidence, JsonValue } from '../core/index.js';
import { check, refuse } from './faults.js';

const header = z.object({ format: z.literal(EVIDENCE_FORMAT), version: z.literal(EVIDENCE_VERSION) });

/**
 * A file that somebody hands over: nothing in it is known to be as it should.
 * @throws {EvidenceFault} TOO_LARGE, NOT_JSON, UNKNOWN_FORMAT, MALFORMED_EVIDENCE
 */
export function readEvidence(bytes: Uint8Array): Evidence {
  check(bytes.length <= LIMITS.fullEvidenceBytes, 'TOO_LARGE', '', `it has ${bytes.length} bytes`);
  const json = parse(bytes);
  check(
    header.safeParse(json).success,
    'UNKNOWN_FORMAT',
    '',
    `expected ${EVIDENCE_FORMAT} of version ${EVIDENCE_VERSION}`,
  );
  const parsed = evidence.safeParse(json);
  if (parsed.success) {
    const isSmall = parsed.data.form === 'receipt' || parsed.data.form === 'absence';
    const most = isSmall ? LIMITS.evidenceBytes : LIMITS.fullEvidenceBytes;
    check(bytes.length <= most, 'TOO_LARGE', '', `it has ${bytes.length} bytes`);
    return parsed.data;
  }
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

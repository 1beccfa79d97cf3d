import { evidence, EVIDENCE_FORMAT, EVIDENCE_VERSION, LIMITS } from '../core/index.js';
import type { Evidence } from '../core/index.js';
import { check } from './faults.js';
import { readDocument } from './read-document.js';

const FORMAT = {
  schema: evidence,
  format: EVIDENCE_FORMAT,
  version: EVIDENCE_VERSION,
  maxBytes: LIMITS.fullEvidenceBytes,
};

/**
 * A file that somebody hands over: nothing in it is known to be as it should.
 * @throws {EvidenceFault} TOO_LARGE, NOT_JSON, UNKNOWN_FORMAT, MALFORMED_EVIDENCE
 */
export function readEvidence(bytes: Uint8Array): Evidence {
  const file = readDocument(bytes, FORMAT);
  const isSmall = file.form === 'receipt' || file.form === 'absence';
  const most = isSmall ? LIMITS.evidenceBytes : LIMITS.fullEvidenceBytes;
  check(bytes.length <= most, 'TOO_LARGE', '', `it has ${bytes.length} bytes`);
  return file;
}

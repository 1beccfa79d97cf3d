import { AuditError } from '../errors.js';
import { escapePointer } from '../json/pointer.js';
import { commit } from './seal.js';
import { COMMITTED_FIELDS } from './schema.js';
import type { CommittedField, EventCore, Openings } from './schema.js';

/**
 * That openings and commitments match one to one, as at a submission.
 * @throws {AuditError} COMMITMENT_MISMATCH with a pointer to the first opening that is missing, extra or wrong.
 */
export function verifyOpenings(core: EventCore, openings: Openings): void {
  const missing = COMMITTED_FIELDS.find((field) => core.commitments[field] && !openings[field]);
  if (missing) throw mismatch(missing, 'the commitment has no opening');
  verifyPresentOpenings(core, openings);
}

/**
 * That every opening that is there opens its commitment; others may have been erased or withheld.
 * @throws {AuditError} COMMITMENT_MISMATCH with a pointer to the first opening that is extra or wrong.
 */
export function verifyPresentOpenings(core: EventCore, openings: Openings): void {
  for (const field of COMMITTED_FIELDS) {
    const opening = openings[field];
    if (!opening) continue;
    const expected = core.commitments[field];
    if (!expected) throw mismatch(field, 'the core has no commitment to this value');
    const actual = commit(opening);
    if (actual.sha256 !== expected.sha256 || actual.size_bytes !== expected.size_bytes) {
      throw mismatch(field, 'the value is not the one that was committed to');
    }
  }
}

function mismatch(field: CommittedField, detail: string): AuditError {
  return AuditError.at(`/openings/${escapePointer(field)}`, 'COMMITMENT_MISMATCH', detail);
}

import { AuditError } from '../errors.js';
import { writeValue } from '../json/canonical.js';
import type { JsonWriter, WrittenJson } from '../json/canonical.js';
import { escapePointer } from '../json/pointer.js';
import { commitText } from './seal.js';
import { COMMITTED_FIELDS } from './schema.js';
import type { CommittedField, EventCore, Openings } from './schema.js';

/** Openings with the canonical JSON of their values. */
export type WrittenOpenings = Partial<Record<CommittedField, { salt: string; value: WrittenJson }>>;

/**
 * That openings and commitments match one to one, as at a submission.
 * @returns the openings with the values as they were written to be checked.
 * @throws {AuditError} COMMITMENT_MISMATCH with a pointer to the first opening that is missing, extra or wrong.
 */
export function verifyOpenings(core: EventCore, openings: Openings, write: JsonWriter = writeValue): WrittenOpenings {
  const missing = COMMITTED_FIELDS.find((field) => core.commitments[field] && !openings[field]);
  if (missing) throw mismatch(missing, 'the commitment has no opening');
  return verifyPresentOpenings(core, openings, write);
}

/**
 * That every opening that is there opens its commitment; others may have been erased or withheld.
 * @returns as `verifyOpenings`
 * @throws {AuditError} COMMITMENT_MISMATCH with a pointer to the first opening that is extra or wrong.
 */
export function verifyPresentOpenings(
  core: EventCore,
  openings: Openings,
  write: JsonWriter = writeValue,
): WrittenOpenings {
  const written: WrittenOpenings = {};
  for (const field of COMMITTED_FIELDS) {
    const opening = openings[field];
    if (!opening) continue;
    const expected = core.commitments[field];
    if (!expected) throw mismatch(field, 'the core has no commitment to this value');
    const value = write(opening.value);
    const actual = commitText(opening.salt, value.text);
    if (actual.sha256 !== expected.sha256 || actual.size_bytes !== expected.size_bytes) {
      throw mismatch(field, 'the value is not the one that was committed to');
    }
    written[field] = { salt: opening.salt, value };
  }
  return written;
}

function mismatch(field: CommittedField, detail: string): AuditError {
  return AuditError.at(`/openings/${escapePointer(field)}`, 'COMMITMENT_MISMATCH', detail);
}

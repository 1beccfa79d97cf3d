import { AuditError, hashedMembers, LIMITS, parseJson, recordBatch, TRANSIENT_BATCH } from '../../core/index.js';
import type { CanonicalMembers, RecordBatch } from '../../core/index.js';
import { checkArgument } from '../json.js';

/** A batch, and the canonical JSON of what is hashed of its events. */
export interface WrittenBatch {
  batch: RecordBatch;
  texts: CanonicalMembers;
}

/**
 * The batch of a recording transaction, from its transient map: so the block does not hold the events a second time.
 * @throws {AuditError} INVALID_REQUEST, TOO_LARGE, MALFORMED_JSON and what `parseJson` throws
 */
export function readBatch(transient: Map<string, Uint8Array>): WrittenBatch {
  const bytes = transient.get(TRANSIENT_BATCH);
  if (!bytes) throw new AuditError('INVALID_REQUEST', `the transient map has no "${TRANSIENT_BATCH}"`);
  if (bytes.length > LIMITS.batchBytes) {
    throw new AuditError('TOO_LARGE', `a batch has at most ${LIMITS.batchBytes} bytes`);
  }
  const texts = hashedMembers();
  const value = parseJson(decodeUtf8(bytes), LIMITS.envelopeDepth, texts);
  checkArgument(recordBatch, value);
  // As it was read: the schema takes what it is for without a change, and only what was read has its texts.
  return { batch: value as RecordBatch, texts };
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new AuditError('MALFORMED_JSON', 'the batch is not UTF-8');
  }
}

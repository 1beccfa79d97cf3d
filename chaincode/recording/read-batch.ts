import { AuditError, LIMITS, recordBatch, TRANSIENT_BATCH } from '../../core/index.js';
import type { RecordBatch } from '../../core/index.js';
import { parseArgument } from '../json.js';

/**
 * The batch of a recording transaction, from its transient map: so the block does not hold the events a second time.
 * @throws {AuditError} INVALID_REQUEST, TOO_LARGE, MALFORMED_JSON and what `parseJson` throws
 */
export function readBatch(transient: Map<string, Uint8Array>): RecordBatch {
  const bytes = transient.get(TRANSIENT_BATCH);
  if (!bytes) throw new AuditError('INVALID_REQUEST', `the transient map has no "${TRANSIENT_BATCH}"`);
  if (bytes.length > LIMITS.batchBytes) {
    throw new AuditError('TOO_LARGE', `a batch has at most ${LIMITS.batchBytes} bytes`);
  }
  return parseArgument(recordBatch, decodeUtf8(bytes));
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new AuditError('MALFORMED_JSON', 'the batch is not UTF-8');
  }
}

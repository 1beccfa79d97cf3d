import { AuditError } from '../../core/index.js';
import type { Fault } from '../../core/index.js';
import type { EventResult } from './entry.js';
import type { ResultRow } from './journal-store.js';

/** A result as the journal keeps it: what a repeat of its request is answered with, and who asks for its submission. */
export function toResultRow(requestId: number, position: number, result: EventResult): ResultRow {
  const kept: KeptResult = 'error' in result ? { ...result, error: result.error.toFault() } : result;
  return { request_id: requestId, position, result: JSON.stringify(kept) };
}

type KeptResult =
  | Exclude<EventResult, { error: AuditError }>
  | (Omit<Extract<EventResult, { error: AuditError }>, 'error'> & { error: Fault });

export function fromResult({ result }: ResultRow): EventResult {
  const kept = JSON.parse(result) as KeptResult;
  return 'error' in kept ? { ...kept, error: AuditError.fromFault(kept.error) } : kept;
}

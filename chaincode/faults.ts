import { AuditError, isErrorCode } from '../core/index.js';
import type { Fault } from '../core/index.js';

/**
 * The one place where what went wrong becomes what the client sees: an error whose message is the JSON of a `Fault`.
 * A peer passes on nothing but the message. Errors of unknown origin keep their text to themselves.
 */
export function toContractError(error: unknown): Error {
  return new Error(JSON.stringify(toFault(error)));
}

function toFault(error: unknown): Fault {
  if (error instanceof AuditError && isErrorCode(error.code)) return error.toFault();
  return { code: 'INTERNAL', detail: 'the contract could not complete the transaction' };
}

import type { Condition, JsonValue } from '../../../core/index.js';
import { CouchDbError } from './couchdb-error.js';

/**
 * CouchDB 3.5 fails over some operands as soon as a database has an index (`is_text_search` in mango_idx_view.erl): a
 * null or an array within an array, and an object of several members. A query that works here must work there.
 * @throws {CouchDbError} unknown_error
 */
export function assertPlannable(condition: Condition): void {
  if (!isPlannable(condition)) throw new CouchDbError('unknown_error', 'function_clause', 500);
}

function isPlannable(condition: Condition): boolean {
  if (condition.kind === 'test') return isPlannableOperand(condition.operand);
  if (condition.kind === 'elements') return isPlannable(condition.condition);
  return condition.conditions.every(isPlannable);
}

function isPlannableOperand(operand: JsonValue): boolean {
  if (Array.isArray(operand))
    return operand.every((item) => item !== null && !Array.isArray(item) && isPlannableObject(item));
  return isPlannableObject(operand);
}

function isPlannableObject(value: JsonValue): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return true;
  const [member, ...others] = Object.values(value);
  return others.length === 0 && (member === undefined || isPlannableOperand(member));
}

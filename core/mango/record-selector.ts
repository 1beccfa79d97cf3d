import type { JsonObject, JsonValue } from '../json/value.js';
import type { Condition, Test, TestOperator } from './condition.js';
import { formatFieldPath } from './field-path.js';

/**
 * What every record that holds a matching event must fulfil: a Mango selector over records for the state database, a
 * superset to be narrowed by `matchesEvent`. `{}` where nothing can be said. Only what all state databases answer alike
 * is used: no order of strings (collations differ), no negations, no regular expressions.
 */
export function recordSelector(condition: Condition): JsonObject {
  return narrow(condition) ?? {};
}

function narrow(condition: Condition): JsonObject | undefined {
  if (condition.kind === 'elements') return undefined;
  if (condition.kind === 'test') return condition.negated ? undefined : narrowTest(condition);
  const parts = condition.conditions.map(narrow);
  const known = parts.filter((part) => part !== undefined);
  // One alternative that says nothing about records leaves nothing to say about any of them.
  if (known.length === 0 || (condition.kind === 'or' && known.length < parts.length)) return undefined;
  const [only] = known;
  return known.length === 1 ? only : { [condition.kind === 'and' ? '$and' : '$or']: known };
}

function narrowTest(test: Test): JsonObject | undefined {
  const field = formatFieldPath(test.path);
  if (field === 'timestamp') return timestampRange(test);
  if (field === 'recorded_at') return isEquality(test) || isRange(test) ? { [field]: plain(test) } : undefined;
  const isSafe = isEquality(test) || (isRange(test) && typeof test.operand === 'number');
  return isSafe && !UNSTORED_FIELDS.has(field) ? locate(field, plain(test)) : undefined;
}

function locate(field: string, plainTest: JsonObject): JsonObject {
  if (RECORD_FIELDS.has(field)) return { [field]: plainTest };
  if (field === 'event_type') return { event_types: { $elemMatch: plainTest } };
  if (field === 'tool.name') return { tools: { $elemMatch: plainTest } };
  const stored = ENTRY_FIELDS.has(field) ? field : `core.${field}`;
  return { events: { $elemMatch: { [stored]: plainTest } } };
}

/** A record spans its events' times: `from` is the least, `to` the greatest. */
function timestampRange({ operator, operand }: Test): JsonObject | undefined {
  if (operator === '$lt' || operator === '$lte') return { from: { [operator]: operand } };
  if (operator === '$gt' || operator === '$gte') return { to: { [operator]: operand } };
  if (operator === '$eq') return { $and: [{ from: { $lte: operand } }, { to: { $gte: operand } }] };
  return undefined;
}

function plain(test: Test): JsonObject {
  return { [test.operator]: test.operand };
}

/** Equality with scalars: the same in every collation. CouchDB fails over a null in a list. */
function isEquality({ operator, operand }: Test): boolean {
  if (operator === '$eq') return isScalar(operand);
  return operator === '$in' && Array.isArray(operand) && operand.every((one) => one !== null && isScalar(one));
}

function isRange({ operator }: Test): boolean {
  return RANGES.has(operator);
}

function isScalar(value: JsonValue): boolean {
  return value === null || typeof value !== 'object';
}

const RANGES: ReadonlySet<TestOperator> = new Set(['$lt', '$lte', '$gt', '$gte'] as const);
/** Equal in all events of a record, and kept once. */
const RECORD_FIELDS: ReadonlySet<string> = new Set([
  'owner',
  'agent_id',
  'session_id',
  'tx_id',
  'payload',
  'recorded_by.msp_id',
  'recorded_by.certificate_sha256',
]);
/** In a record's `events[]` beside the core. */
const ENTRY_FIELDS: ReadonlySet<string> = new Set(['hash', 'submitted_by']);
/** Made from others, or stored as posted but matched in sortable form. */
const UNSTORED_FIELDS: ReadonlySet<string> = new Set(['locator', 'started_at', 'retention_until']);

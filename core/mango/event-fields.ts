import { z } from 'zod';
import { AuditError } from '../errors.js';
import type { EventView } from '../contract/views.js';
import { eventCore } from '../event/schema.js';
import type { JsonObject, JsonValue } from '../json/value.js';
import { normalizeTimestamp } from '../time.js';
import type { Condition, Test } from './condition.js';
import { formatFieldPath } from './field-path.js';
import { compileCondition } from './match.js';
import type { Predicate } from './match.js';
import { parseSelector } from './selector.js';

/**
 * The fields that a selector over events can name: everything in an event's core under its own name (`tool.name`,
 * `labels.env`, `commitments.error\.message.size_bytes`), and what the ledger says about the event.
 */
const selectableFields = z.object({
  ...eventCore.shape,
  locator: z.string(),
  hash: z.string(),
  submitted_by: z.string(),
  recorded_at: z.string(),
  recorded_by: z.object({ msp_id: z.string(), certificate_sha256: z.string() }),
  tx_id: z.string(),
  payload: z.string(),
});

/** Times are matched in their sortable form, whatever offset they were posted with. */
const TIME_FIELDS = ['timestamp', 'started_at', 'retention_until', 'recorded_at'] as const;

/**
 * Checks a selector over events: a Mango selector whose fields exist and whose times are times.
 * @throws {AuditError} INVALID_QUERY with a pointer into the selector.
 */
export function checkSelector(selector: JsonValue): Condition {
  return checkFields(parseSelector(selector), selectableFields);
}

/** Whether an event matches a checked selector, exactly. */
export function matchesEvent(condition: Condition, view: EventView): boolean {
  return eventFilter(condition)(view);
}

/** The same for many events. */
export function eventFilter(condition: Condition): (view: EventView) => boolean {
  const matches: Predicate = compileCondition(condition);
  return (view) => matches(selectableEvent(view));
}

/** An event as one flat document, in the field names of the API and with sortable times. */
export function selectableEvent(view: EventView): JsonObject {
  const { core, ...ledger } = view;
  const event = { ...core, ...ledger } as unknown as JsonObject;
  for (const field of TIME_FIELDS) {
    const time = event[field];
    if (typeof time === 'string') event[field] = normalizeTimestamp(time) ?? time;
  }
  return event;
}

function checkFields(condition: Condition, shape: z.ZodType): Condition {
  if (condition.kind === 'test') return checkTest(condition, shape);
  if (condition.kind === 'elements') {
    const container = schemaAt(condition.path, shape, condition.pointer);
    const element = container instanceof z.ZodArray ? (container.element as z.ZodType) : z.string();
    return { ...condition, condition: checkFields(condition.condition, element) };
  }
  return { ...condition, conditions: condition.conditions.map((item) => checkFields(item, shape)) };
}

function checkTest(test: Test, shape: z.ZodType): Test {
  schemaAt(test.path, shape, test.pointer);
  if (!isTimeField(test.path)) return test;
  const toTime = (value: JsonValue): string => {
    const time = typeof value === 'string' ? normalizeTimestamp(value) : undefined;
    if (time === undefined) throw AuditError.at(test.pointer, 'INVALID_QUERY', 'expected an RFC 3339 date and time');
    return time;
  };
  if (COMPARISONS.has(test.operator)) return { ...test, operand: toTime(test.operand) };
  if (LISTS.has(test.operator)) return { ...test, operand: (test.operand as JsonValue[]).map(toTime) };
  return test;
}

const COMPARISONS: ReadonlySet<string> = new Set(['$eq', '$ne', '$lt', '$lte', '$gt', '$gte']);
const LISTS: ReadonlySet<string> = new Set(['$in', '$nin', '$all']);

function isTimeField(path: string[]): boolean {
  return path.length === 1 && TIME_FIELDS.some((field) => field === path[0]);
}

/** The schema of a field, found by walking the event's own schema. */
function schemaAt(path: string[], shape: z.ZodType, pointer: string): z.ZodType {
  let field: z.ZodType | undefined = shape;
  for (const name of path) {
    field = memberOf(unwrap(field), name);
    if (!field) throw AuditError.at(pointer, 'INVALID_QUERY', `events have no field "${formatFieldPath(path)}"`);
  }
  return unwrap(field);
}

function unwrap(field: z.ZodType): z.ZodType {
  return field instanceof z.ZodOptional ? unwrap(field.unwrap() as z.ZodType) : field;
}

function memberOf(field: z.ZodType, name: string): z.ZodType | undefined {
  if (field instanceof z.ZodObject) {
    return Object.hasOwn(field.shape, name) ? (field.shape[name] as z.ZodType) : undefined;
  }
  if (field instanceof z.ZodRecord) {
    return z.safeParse(field.keyType, name).success ? (field.valueType as z.ZodType) : undefined;
  }
  if (field instanceof z.ZodArray) return /^\d+$/.test(name) ? (field.element as z.ZodType) : undefined;
  return undefined;
}

import type { JsonObject, JsonValue } from '../../core/index.js';
import { rawValue } from '../event/raw-value.js';
import { isObject } from '../source/format.js';
import type { KeyValue } from './export-request.js';

/** Attributes as an object. A key that comes twice (OTLP forbids it) has its values in a list, so that none is lost. */
export function readAttributes(list: readonly KeyValue[]): JsonObject {
  const values = new Map<string, JsonValue[]>();
  for (const { key, value } of list) values.set(key, [...(values.get(key) ?? []), readAnyValue(value)]);
  return Object.fromEntries(
    [...values].map(([key, [first, ...more]]) => [key, more.length > 0 ? [first ?? null, ...more] : (first ?? null)]),
  );
}

/** `AnyValue` of OTLP's JSON mapping as plain JSON; what JSON cannot hold exactly takes its base64 form. */
export function readAnyValue(value: JsonValue | undefined): JsonValue {
  if (!isObject(value)) return null;
  const [kind, held] = Object.entries(value)[0] ?? [];
  if (kind === undefined || held === undefined) return null;
  return READERS[kind]?.(held) ?? (kind in READERS ? null : value);
}

const READERS: Record<string, ((held: JsonValue) => JsonValue) | undefined> = {
  stringValue: (held) => held,
  boolValue: (held) => held,
  intValue: readInteger,
  doubleValue: readDouble,
  bytesValue: (held) =>
    typeof held === 'string' ? rawValue(Buffer.from(held, 'base64'), 'application/octet-stream') : held,
  arrayValue: (held) => valuesOf(held).map(readAnyValue),
  kvlistValue: (held) => readAttributes(valuesOf(held).filter(isObject).map(toKeyValue)),
};

/** 64-bit integers are text in the JSON mapping, and some writers make them numbers. */
function readInteger(held: JsonValue): JsonValue {
  if (typeof held !== 'string' && typeof held !== 'number') return held;
  const number = Number(held);
  return Number.isSafeInteger(number) ? number : rawValue(String(held), 'application/json');
}

/** NaN and the infinities are text in the JSON mapping. */
function readDouble(held: JsonValue): JsonValue {
  if (typeof held !== 'string') return held;
  const number = Number(held);
  return Number.isFinite(number) ? number : rawValue(held, 'text/plain');
}

function valuesOf(held: JsonValue): JsonValue[] {
  return isObject(held) && Array.isArray(held['values']) ? held['values'] : [];
}

function toKeyValue({ key, value }: JsonObject): KeyValue {
  return { key: typeof key === 'string' ? key : '', value };
}

import { z } from 'zod';
import type { JsonValue } from '../../core/index.js';

/**
 * `ExportTraceServiceRequest` in OTLP's own JSON mapping: ids in hex, 64-bit integers as text, enumerations as numbers.
 * The protobuf decoder gives the same form, so that both ways in share what follows. Unknown members are ignored, as
 * OTLP asks of receivers.
 */
const list = <T extends z.ZodType>(item: T) =>
  z
    .array(item)
    .nullish()
    .transform((items) => items ?? []);
const text = z
  .string()
  .nullish()
  .transform((value) => value ?? '');
const count = z
  .number()
  .nullish()
  .transform((value) => value ?? 0);
/** Some writers make 64-bit integers numbers, whose digits `readJson` keeps as base64. */
const rawDigits = z
  .object({ encoding: z.literal('base64'), data: z.base64() })
  .transform(({ data }) => Buffer.from(data, 'base64').toString('latin1'));
const nanos = z
  .union([z.string(), z.number().transform(String), rawDigits])
  .nullish()
  .transform((digits) => digits || '0')
  .pipe(z.string().regex(/^\d{1,20}$/))
  .transform(BigInt);
const keyValue = z.looseObject({ key: z.string(), value: z.custom<JsonValue>().optional() });

const spanEvent = z.object({
  timeUnixNano: nanos,
  name: text,
  attributes: list(keyValue),
  droppedAttributesCount: count,
});
const spanLink = z.object({
  traceId: text,
  spanId: text,
  traceState: text,
  attributes: list(keyValue),
  droppedAttributesCount: count,
  flags: count,
});

export const otlpSpan = z.object({
  traceId: z
    .string()
    .regex(/^[0-9a-f]{32}$/i)
    .toLowerCase(),
  spanId: z
    .string()
    .regex(/^[0-9a-f]{16}$/i)
    .toLowerCase(),
  parentSpanId: z
    .string()
    .regex(/^([0-9a-f]{16})?$/i)
    .toLowerCase()
    .nullish(),
  traceState: text,
  name: text,
  kind: z.union([z.number(), z.string()]).nullish(),
  startTimeUnixNano: nanos,
  endTimeUnixNano: nanos,
  attributes: list(keyValue),
  droppedAttributesCount: count,
  events: list(spanEvent),
  droppedEventsCount: count,
  links: list(spanLink),
  droppedLinksCount: count,
  status: z.object({ code: z.union([z.number(), z.string()]).nullish(), message: text }).nullish(),
  flags: count,
});
export type OtlpSpan = z.output<typeof otlpSpan>;

const scope = z
  .object({ name: text, version: text, attributes: list(keyValue), droppedAttributesCount: count })
  .nullish();
export type Scope = NonNullable<z.output<typeof scope>>;

/** Spans are checked one by one: a bad one is rejected, the others are not. */
export const exportRequest = z.object({
  resourceSpans: list(
    z.object({
      resource: z.object({ attributes: list(keyValue), droppedAttributesCount: count }).nullish(),
      scopeSpans: list(z.object({ scope, spans: list(z.custom<JsonValue>()), schemaUrl: text })),
      schemaUrl: text,
    }),
  ),
});
export type ExportRequest = z.output<typeof exportRequest>;
export type KeyValue = z.output<typeof keyValue>;

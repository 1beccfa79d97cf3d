import { z } from 'zod';
import { timestampFromSeconds } from '../../core/index.js';
import type { JsonObject, JsonValue, PostedEventInput } from '../../core/index.js';
import { inOrderOfTime } from '../event/build-event.js';
import { isObject } from '../source/format.js';
import type { Format, MappingOptions, ValueMapper } from '../source/format.js';
import type { Tally } from '../source/tally.js';
import { mapSpan } from './map-span.js';
import type { Span } from './span.js';

const NAME = 'otel-spans';

/** OpenTelemetry JS's `HrTime`: seconds and nanoseconds since the epoch. */
const hrTime = z
  .tuple([z.number().int().min(0).max(253_402_300_799), z.number().int().min(0).max(999_999_999)])
  .transform(([seconds, nanos]) => (seconds === 0 && nanos === 0 ? undefined : timestampFromSeconds(seconds, nanos)));
const traceId = z
  .string()
  .regex(/^[0-9a-f]{32}$/i)
  .toLowerCase();
const spanId = z
  .string()
  .regex(/^[0-9a-f]{16}$/i)
  .toLowerCase();
const object = z.custom<JsonObject>((value) => isObject(value as JsonValue));

/** A `ReadableSpan` of OpenTelemetry JS as `JSON.stringify` writes it. */
const readableSpan = z.looseObject({
  name: z.string(),
  spanContext: z.looseObject({ traceId, spanId }),
  parentSpanContext: z.looseObject({ spanId }).optional(),
  parentSpanId: spanId.optional(),
  startTime: hrTime,
  endTime: hrTime.optional(),
  status: z.looseObject({ code: z.number(), message: z.string().optional() }).optional(),
  attributes: object.optional(),
  resource: z.looseObject({ attributes: object.optional() }).optional(),
});

/** Dumps of spans: a list, lines, or an object of lists (such as spans by operation). */
export const otelSpans: Format = {
  name: NAME,
  recognizes: (value) =>
    spansOf(value)
      .slice(0, 1)
      .some((span) => readableSpan.safeParse(span).success),
  open: (tally, options) => new SpanDumpMapper(tally, options),
};

function spansOf(value: JsonValue): JsonValue[] {
  if (Array.isArray(value)) return value;
  if (!isObject(value)) return [];
  return 'spanContext' in value
    ? [value]
    : Object.values(value).flatMap((list) => (Array.isArray(list) ? list : [list]));
}

class SpanDumpMapper implements ValueMapper {
  constructor(
    private readonly tally: Tally,
    private readonly options: MappingOptions,
  ) {}

  map(value: JsonValue): PostedEventInput[] {
    const events = spansOf(value).flatMap((item) => {
      const span = readSpan(item);
      if (span) this.tally.map();
      else this.tally.skip('not-a-span');
      return span ? [mapSpan(span, NAME, this.options.agentId)] : [];
    });
    return inOrderOfTime(events);
  }
}

function readSpan(value: JsonValue): Span | undefined {
  const parsed = readableSpan.safeParse(value);
  if (!parsed.success) return undefined;
  const {
    name,
    spanContext,
    parentSpanContext,
    parentSpanId,
    startTime,
    endTime,
    status,
    attributes,
    resource,
    ...rest
  } = parsed.data;
  const { traceId: trace, spanId: id, ...contextRest } = spanContext;
  const { attributes: resourceAttributes, ...resourceRest } = resource ?? {};
  return {
    traceId: trace,
    spanId: id,
    parentSpanId: parentSpanContext?.spanId ?? parentSpanId,
    name,
    startTime,
    endTime,
    status: { code: status?.code ?? 0, message: status?.message },
    attributes: attributes ?? {},
    resource: resourceAttributes ?? {},
    links: [],
    rest: {
      ...withoutEmpty(rest as JsonObject),
      ...withoutEmpty({ span_context: contextRest as JsonObject, resource_about: resourceRest as JsonObject }),
    },
  };
}

/** Empty lists and objects of a span say nothing. */
function withoutEmpty(values: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(values).filter(
      ([, value]) => typeof value !== 'object' || value === null || Object.keys(value).length > 0,
    ),
  );
}

import type { JsonObject, JsonValue } from '../../core/index.js';
import { timeOfNanos } from '../spans/span.js';
import type { Span } from '../spans/span.js';
import { readAttributes } from './any-value.js';
import { exportRequest, otlpSpan } from './export-request.js';
import type { OtlpSpan, Scope } from './export-request.js';

const STATUS_CODES: Record<string, number | undefined> = {
  STATUS_CODE_UNSET: 0,
  STATUS_CODE_OK: 1,
  STATUS_CODE_ERROR: 2,
};

/** The spans of an export request in order; `null` for each that is no valid span. `undefined`: it is no such request. */
export function readSpans(request: JsonValue): (Span | null)[] | undefined {
  const parsed = exportRequest.safeParse(request);
  if (!parsed.success) return undefined;
  const spans: (Span | null)[] = [];
  for (const { resource, scopeSpans, schemaUrl } of parsed.data.resourceSpans) {
    const attributes = readAttributes(resource?.attributes ?? []);
    const about = {
      resource_schema_url: schemaUrl,
      resource_dropped_attributes_count: resource?.droppedAttributesCount ?? 0,
    };
    for (const { scope, spans: candidates, schemaUrl: scopeSchemaUrl } of scopeSpans) {
      const shared = { ...about, scope: scope ? readScope(scope) : {}, scope_schema_url: scopeSchemaUrl };
      for (const candidate of candidates) spans.push(readSpan(candidate, attributes, shared));
    }
  }
  return spans;
}

function readSpan(value: JsonValue, resource: JsonObject, shared: JsonObject): Span | null {
  const parsed = otlpSpan.safeParse(value);
  if (!parsed.success) return null;
  const { data } = parsed;
  return {
    traceId: data.traceId,
    spanId: data.spanId,
    parentSpanId: data.parentSpanId || undefined,
    name: data.name,
    startTime: timeOfNanos(data.startTimeUnixNano),
    endTime: timeOfNanos(data.endTimeUnixNano),
    status: readStatus(data),
    attributes: readAttributes(data.attributes),
    resource,
    links: data.links
      .filter(({ traceId, spanId }) => traceId !== '' && spanId !== '')
      .map(({ traceId, spanId }) => ({ traceId, spanId })),
    rest: present({
      ...shared,
      kind: data.kind ?? 0,
      trace_state: data.traceState,
      flags: data.flags,
      events: data.events.map((event) =>
        present({
          name: event.name,
          time: timeOfNanos(event.timeUnixNano) ?? '',
          attributes: readAttributes(event.attributes),
          dropped_attributes_count: event.droppedAttributesCount,
        }),
      ),
      links: data.links.map((link) =>
        present({
          trace_id: link.traceId,
          span_id: link.spanId,
          trace_state: link.traceState,
          attributes: readAttributes(link.attributes),
          flags: link.flags,
          dropped_attributes_count: link.droppedAttributesCount,
        }),
      ),
      dropped_attributes_count: data.droppedAttributesCount,
      dropped_events_count: data.droppedEventsCount,
      dropped_links_count: data.droppedLinksCount,
    }),
  };
}

function readStatus({ status }: OtlpSpan): Span['status'] {
  const code = status?.code ?? 0;
  const number = typeof code === 'number' ? code : (STATUS_CODES[code] ?? 0);
  return { code: number, ...(status?.message && { message: status.message }) };
}

function readScope({ name, version, attributes, droppedAttributesCount }: Scope): JsonObject {
  return present({
    name,
    version,
    attributes: readAttributes(attributes),
    dropped_attributes_count: droppedAttributesCount,
  });
}

/** Protobuf does not tell empty from absent. */
function present(values: JsonObject): JsonObject {
  const isEmpty = (value: JsonValue) =>
    value === '' || value === 0 || (typeof value === 'object' && value !== null && Object.keys(value).length === 0);
  return Object.fromEntries(Object.entries(values).filter(([, value]) => !isEmpty(value)));
}

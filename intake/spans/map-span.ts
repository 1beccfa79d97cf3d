import { LIMITS } from '../../core/index.js';
import type { JsonObject, JsonValue, PostedEventInput } from '../../core/index.js';
import { buildEvent } from '../event/build-event.js';
import type { EventFields } from '../event/build-event.js';
import { ownId } from '../event/own-id.js';
import { syntheticTime } from '../event/synthetic-time.js';
import { isObject } from '../source/format.js';
import { Attributes } from './attributes.js';
import { classify } from './classify.js';
import { INPUT_KEYS, OUTPUT_KEYS, readModel, readTool, readUsage } from './conventions.js';
import type { Span } from './span.js';

/** What OpenTelemetry's SDKs say where nobody named the service. */
const UNKNOWN_SERVICE = 'unknown_service';

/**
 * One span as one event. It depends on nothing but the span, so that an export that is tried again, in whatever
 * grouping, gives the same event.
 * @param format `otlp`, or the name of the file format.
 */
export function mapSpan(span: Span, format: string, agentId?: string): PostedEventInput {
  const attributes = new Attributes(span.attributes);
  const resource = new Attributes(span.resource);
  const derived: string[] = [];
  const input = attributes.value(...INPUT_KEYS);
  const output = attributes.value(...OUTPUT_KEYS);
  const type = classify(attributes, { isRoot: span.parentSpanId === undefined, hasOutput: output !== undefined });
  const fields: EventFields = {
    event_type: type,
    event_id: ownId(format, span.traceId, span.spanId),
    phase: span.endTime === undefined ? 'intent' : 'complete',
    ...identity(attributes, resource, span, agentId, derived),
    ...times(span, derived),
    ...links(span, format),
    action: span.name,
    ...outcome(attributes, span, derived),
    ...(type === 'tool_call' && { tool: readTool(attributes, span.name, derived) }),
    ...(type === 'model_call' && { model: readModel(attributes), usage: readUsage(attributes, derived) }),
    finish_reason: attributes.text('ai.response.finishReason', 'llm.finish_reason'),
    origin: {
      service: resource.text('service.name'),
      environment: resource.text('deployment.environment.name', 'deployment.environment'),
      region: resource.text('cloud.region'),
      host: resource.text('host.name'),
    },
    input,
    output,
    reasoning_chain: attributes.value('ai.response.reasoning'),
  };
  const metadata = {
    ...span.rest,
    ...nonEmpty('attributes', attributes.rest()),
    ...nonEmpty('resource', resource.rest()),
  };
  return buildEvent({ ...fields, metadata }, { format, position: `${span.traceId}/${span.spanId}`, derived });
}

function identity(
  attributes: Attributes,
  resource: Attributes,
  span: Span,
  agentId: string | undefined,
  derived: string[],
): Pick<EventFields, 'agent_id' | 'agent_version' | 'agent_instance_id' | 'session_id' | 'trace_id' | 'span_id'> {
  const named =
    agentId === undefined ? attributes.text('gen_ai.agent.id', 'gen_ai.agent.name', 'agent.name') : undefined;
  const session = attributes.text('gen_ai.conversation.id', 'session.id');
  if (named === undefined) derived.push('/agent_id');
  if (session === undefined) derived.push('/session_id');
  return {
    agent_id: agentId ?? named ?? resource.peek('service.name') ?? UNKNOWN_SERVICE,
    agent_version: attributes.text('gen_ai.agent.version'),
    agent_instance_id: resource.text('service.instance.id'),
    session_id: session ?? span.traceId,
    trace_id: span.traceId,
    span_id: span.spanId,
  };
}

function times(span: Span, derived: string[]): Pick<EventFields, 'timestamp' | 'started_at'> {
  const { startTime, endTime } = span;
  if (endTime === undefined) derived.push('/phase');
  if (startTime === undefined && endTime === undefined) derived.push('/timestamp');
  return { timestamp: endTime ?? startTime ?? syntheticTime(0), started_at: startTime };
}

function links(span: Span, format: string): Pick<EventFields, 'parent_event_id' | 'links'> {
  const linked = span.links.slice(0, LIMITS.links);
  return {
    ...(span.parentSpanId !== undefined && { parent_event_id: ownId(format, span.traceId, span.parentSpanId) }),
    ...(linked.length > 0 && {
      links: linked.map((link) => ({ event_id: ownId(format, link.traceId, link.spanId), rel: 'link' })),
    }),
  };
}

function outcome(
  attributes: Attributes,
  { status, rest }: Span,
  derived: string[],
): Pick<EventFields, 'status' | 'error'> {
  if (status.code === 1) return { status: 'ok' };
  if (status.code !== 2) return {};
  const type = attributes.text('error.type') ?? exceptionType(rest['events']);
  if (type === undefined) derived.push('/error/type');
  return {
    status: 'error',
    error: { type: type ?? 'error', ...(status.message !== undefined && { message: status.message }) },
  };
}

/** The type of the exception that was recorded as an event of the span. */
function exceptionType(events: JsonValue | undefined): string | undefined {
  const types = (Array.isArray(events) ? events : []).map((event) =>
    isObject(event) && isObject(event['attributes']) ? event['attributes']['exception.type'] : undefined,
  );
  return types.find((type) => typeof type === 'string' && type !== '') as string | undefined;
}

function nonEmpty(key: string, object: JsonObject): JsonObject {
  return Object.keys(object).length > 0 ? { [key]: object } : {};
}

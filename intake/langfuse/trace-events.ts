import type { JsonObject, JsonValue, PostedEventInput } from '../../core/index.js';
import { buildEvent } from '../event/build-event.js';
import type { EventFields } from '../event/build-event.js';
import { ownId } from '../event/own-id.js';
import { syntheticTime } from '../event/synthetic-time.js';
import { isObject } from '../source/format.js';
import { decodeJsonText } from '../source/json-text.js';
import { Attributes } from '../spans/attributes.js';
import type { Element, LangfuseExport, Observation, Score } from './export.js';

export const LANGFUSE = 'langfuse';

const EVENT_TYPES: Record<string, PostedEventInput['event_type'] | undefined> = {
  GENERATION: 'model_call',
  EMBEDDING: 'model_call',
  TOOL: 'tool_call',
  RETRIEVER: 'tool_call',
  GUARDRAIL: 'guardrail_check',
};

/** Builds the events of one trace. */
export class TraceEvents {
  readonly #shared: Pick<EventFields, 'agent_id' | 'session_id' | 'trace_id'>;
  readonly #derived: string[] = [];
  readonly #traceId: string;

  constructor(
    private readonly exported: LangfuseExport,
    agentId: string | undefined,
  ) {
    const { id, sessionId, name } = exported.trace.read;
    this.#traceId = id;
    if (sessionId === undefined) this.#derived.push('/session_id');
    // Langfuse names traces, not agents.
    this.#derived.push('/agent_id');
    this.#shared = { agent_id: agentId ?? name ?? LANGFUSE, session_id: sessionId ?? id, ...hexId('trace_id', id, 16) };
  }

  /** The whole trace: what was asked and what came out at its end. */
  trace(): PostedEventInput {
    const { read, whole } = this.exported.trace;
    const { id, sessionId, timestamp, input, output, ...rest } = whole;
    const values = decodeValues({ input, output });
    const isAnswered = output !== undefined && output !== null;
    const ends = this.exported.observations.flatMap(({ read: { startTime, endTime } }) => endTime ?? startTime ?? []);
    const end = ends.sort().at(-1);
    return this.#event(
      {
        event_type: isAnswered ? 'final_decision' : 'langfuse.trace',
        event_id: this.#id(undefined),
        timestamp: end ?? read.timestamp ?? syntheticTime(0),
        started_at: read.timestamp,
        agent_version: read.version,
        origin: { environment: read.environment },
        ...values.fields,
        metadata: { ...present(rest), ...values.texts },
      },
      'trace',
      ['/timestamp', ...(isAnswered ? ['/event_type'] : [])],
    );
  }

  observation({ read, whole }: Element<Observation>): PostedEventInput {
    const { id, traceId, startTime, endTime, parentObservationId, input, output, ...rest } = whole;
    const values = decodeValues({ input, output });
    const attributes = new Attributes(instrumentationOf(rest['metadata']));
    const type = EVENT_TYPES[read.type] ?? `langfuse.${read.type.toLowerCase().replace(/[^a-z0-9_]/g, '_')}`;
    const derived: string[] = [];
    return this.#event(
      {
        event_type: type,
        event_id: this.#id(read.id),
        parent_event_id: this.#id(read.parentObservationId),
        ...hexId('span_id', read.id, 8),
        ...timesOf(read, derived),
        action: read.name,
        origin: { environment: read.environment },
        ...(type === 'tool_call' && { tool: toolOf(read, attributes, derived) }),
        ...(type === 'model_call' && modelOf(read, attributes, derived)),
        ...faultOf(read, derived),
        ...values.fields,
        metadata: { ...present(rest), ...values.texts },
      },
      `observations/${read.id}`,
      derived,
    );
  }

  /** An evaluation: of a person (then it is a review) or of a model or program. */
  score({ read, whole }: Element<Score>): PostedEventInput {
    const { id, traceId, timestamp, comment, ...rest } = whole;
    const isHuman = read.source === 'ANNOTATION';
    return this.#event(
      {
        event_type: isHuman ? 'human_review' : 'langfuse.score',
        event_id: ownId(LANGFUSE, this.#traceId, 'score', read.id),
        parent_event_id: this.#id(read.observationId),
        timestamp: read.timestamp ?? syntheticTime(0),
        action: read.name,
        approver_id: isHuman ? read.authorUserId : undefined,
        origin: { environment: read.environment },
        output: rest['stringValue'] ?? rest['value'],
        reasoning_chain: comment ?? undefined,
        metadata: present(rest),
      },
      `scores/${read.id}`,
      read.timestamp === undefined ? ['/timestamp'] : [],
    );
  }

  /** The event of an observation; without one, that of the trace. */
  #id(observationId: string | undefined): string {
    return ownId(LANGFUSE, this.#traceId, ...(observationId === undefined ? [] : [observationId]));
  }

  #event(fields: Omit<EventFields, 'agent_id' | 'session_id'>, position: string, derived: string[]): PostedEventInput {
    return buildEvent(
      { ...fields, ...this.#shared },
      { format: LANGFUSE, position, derived: [...this.#derived, ...derived] },
    );
  }
}

function timesOf(
  { startTime, endTime }: Observation,
  derived: string[],
): Pick<EventFields, 'phase' | 'timestamp' | 'started_at'> {
  if (endTime === undefined) derived.push('/phase');
  if (startTime === undefined && endTime === undefined) derived.push('/timestamp');
  return {
    phase: endTime === undefined ? 'intent' : 'complete',
    timestamp: endTime ?? startTime ?? syntheticTime(0),
    started_at: startTime,
  };
}

function faultOf({ level, statusMessage }: Observation, derived: string[]): Pick<EventFields, 'status' | 'error'> {
  if (level !== 'ERROR') return {};
  derived.push('/status', '/error/type');
  return { status: 'error', error: { type: 'error', message: statusMessage } };
}

function toolOf({ name }: Observation, attributes: Attributes, derived: string[]): PostedEventInput['tool'] {
  const callId = attributes.text('gen_ai.tool.call.id', 'ai.toolCall.id', 'tool_call.id');
  if (name === undefined) derived.push('/tool/name');
  return { name: name ?? 'unknown', ...(callId !== undefined && { call_id: callId }) };
}

function modelOf(
  { model, usageDetails, costDetails }: Observation,
  attributes: Attributes,
  derived: string[],
): Pick<EventFields, 'model' | 'usage' | 'finish_reason'> {
  const provider = attributes.text('gen_ai.provider.name', 'gen_ai.system', 'ai.model.provider', 'llm.system');
  const total = costDetails?.total;
  // Langfuse counts in US dollars and does not say so in the data.
  if (total !== undefined) derived.push('/usage/cost/currency');
  return {
    ...(model !== undefined && { model: { name: model, ...(provider !== undefined && { provider }) } }),
    usage: {
      input_tokens: usageDetails?.input,
      output_tokens: usageDetails?.output,
      ...(total !== undefined && { cost: { amount: total, currency: 'USD' } }),
    },
    finish_reason: attributes.text('ai.response.finishReason', 'llm.finish_reason'),
  };
}

/** Langfuse keeps the attributes of the span that an observation came from in its metadata. */
function instrumentationOf(metadata: JsonValue | undefined): JsonObject {
  const decoded = metadata === undefined ? undefined : decodeJsonText(metadata).value;
  return isObject(decoded) && isObject(decoded['attributes']) ? decoded['attributes'] : {};
}

/** Values that are JSON text, decoded; the text is kept where it cannot be made again exactly. Null is absent here. */
function decodeValues(values: Record<'input' | 'output', JsonValue | undefined>): {
  fields: Pick<EventFields, 'input' | 'output'>;
  texts: JsonObject;
} {
  const fields: Pick<EventFields, 'input' | 'output'> = {};
  const texts: JsonObject = {};
  for (const key of ['input', 'output'] as const) {
    const value = values[key];
    if (value === undefined || value === null) continue;
    const decoded = decodeJsonText(value);
    fields[key] = decoded.value;
    if (!decoded.exact) texts[`${key}_text`] = value;
  }
  return { fields, texts };
}

/** Langfuse writes every column; null, empty lists and empty objects say nothing. */
function present(values: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(values).filter(
      ([, value]) => value !== null && (typeof value !== 'object' || Object.keys(value).length > 0),
    ),
  );
}

function hexId<K extends 'trace_id' | 'span_id'>(key: K, id: string, bytes: number): { [P in K]?: string } {
  const isHex = id.length === bytes * 2 && /^[0-9a-f]+$/.test(id);
  return (isHex ? { [key]: id } : {}) as { [P in K]?: string };
}

import { z } from 'zod';
import { canonicalize, sha256Hex } from '../../core/index.js';
import type { JsonObject, JsonValue, PostedEventInput } from '../../core/index.js';
import { buildEvent } from '../event/build-event.js';
import type { EventFields } from '../event/build-event.js';
import { ownId } from '../event/own-id.js';
import { syntheticTime } from '../event/synthetic-time.js';
import { isObject } from '../source/format.js';
import { decodeJsonText } from '../source/json-text.js';
import type { StreamParts } from './stream-parts.js';

export const RESPONSES_FORMAT = 'openai-responses';

const seconds = z.number().min(0).max(253_402_300_799);
/** What is read of a response object; all else is metadata. */
const readable = z.object({
  id: z.string().min(1).optional().catch(undefined),
  created_at: seconds.optional().catch(undefined),
  completed_at: seconds.optional().catch(undefined),
  status: z.string().optional().catch(undefined),
  model: z.string().min(1).optional().catch(undefined),
  usage: z
    .object({ input_tokens: z.number().int().min(0).optional(), output_tokens: z.number().int().min(0).optional() })
    .optional()
    .catch(undefined),
});
const functionCall = z.looseObject({
  type: z.literal('function_call'),
  name: z.string().min(1),
  call_id: z.string().optional(),
  arguments: z.custom<JsonValue>().optional(),
});

interface ResponseOptions {
  /** False where the stream broke off before the response was complete. */
  isWhole: boolean;
  /** What the increments added up to. */
  parts: StreamParts;
  agentId: string | undefined;
}

/** The model call, and an intent for each function that the model asked for: the stream does not say what came of it. */
export function mapResponse(response: JsonObject, options: ResponseOptions): PostedEventInput[] {
  const items = Array.isArray(response['output']) ? response['output'] : [];
  const { id, created_at, completed_at, model } = readable.parse(response);
  const sessionId = id ?? sha256Hex(canonicalize(response, Infinity)).slice(0, 32);
  const startedAt = created_at === undefined ? undefined : toTime(created_at);
  const shared: Shared = {
    agent_id: options.agentId ?? RESPONSES_FORMAT,
    session_id: sessionId,
    timestamp: completed_at === undefined ? (startedAt ?? syntheticTime(0)) : toTime(completed_at),
    ...(model !== undefined && { model: { name: model } }),
  };
  const derived = ['/agent_id', '/session_id', ...(completed_at === undefined ? ['/timestamp'] : [])];
  return [
    modelCall(response, items, { ...shared, started_at: startedAt }, derived, options),
    ...items.flatMap((item, index) => functionIntent(item, index, shared, derived)),
  ];
}

type Shared = Pick<EventFields, 'agent_id' | 'session_id' | 'timestamp' | 'started_at' | 'model'>;

function modelCall(
  { output, ...about }: JsonObject,
  items: readonly JsonValue[],
  shared: Shared,
  derived: readonly string[],
  { isWhole, parts }: ResponseOptions,
): PostedEventInput {
  const { status, usage } = readable.parse(about);
  const { said, logprobs, reasoning } = takeApart(items);
  const streamed = parts.logprobs();
  const tokens = logprobs.length > 0 ? logprobs : streamed;
  return buildEvent(
    {
      ...shared,
      event_type: 'model_call',
      event_id: ownId(RESPONSES_FORMAT, shared.session_id),
      phase: isWhole ? 'complete' : 'intent',
      finish_reason: status,
      usage,
      output: said,
      logprobs: tokens.length > 0 ? tokens : undefined,
      reasoning_chain: reasoning.length > 0 ? reasoning : undefined,
      metadata: { ...about, ...(!isWhole && { streamed: parts.texts() }) },
    },
    {
      format: RESPONSES_FORMAT,
      position: '/response',
      derived: [...derived, '/phase', ...(logprobs.length === 0 && streamed.length > 0 ? ['/logprobs'] : [])],
    },
  );
}

function functionIntent(
  item: JsonValue,
  index: number,
  shared: Shared,
  derived: readonly string[],
): PostedEventInput[] {
  const parsed = functionCall.safeParse(item);
  if (!parsed.success) return [];
  const { name, call_id, arguments: text, type, ...rest } = parsed.data;
  const input = text === undefined ? undefined : decodeJsonText(text);
  const event = buildEvent(
    {
      ...shared,
      event_type: 'tool_call',
      event_id: ownId(RESPONSES_FORMAT, shared.session_id, index),
      parent_event_id: ownId(RESPONSES_FORMAT, shared.session_id),
      phase: 'intent',
      tool: { name, call_id },
      input: input?.value,
      metadata: {
        ...(rest as JsonObject),
        ...(input?.exact === false && text !== undefined && { arguments: text }),
      },
    },
    {
      format: RESPONSES_FORMAT,
      position: `/response/output/${index}`,
      derived: [...derived, '/timestamp', '/phase', '/parent_event_id'],
    },
  );
  return [event];
}

/** The output items, with token logprobs and reasoning moved to fields of their own. */
function takeApart(items: readonly JsonValue[]): { said: JsonValue[]; logprobs: JsonObject[]; reasoning: JsonValue[] } {
  const logprobs: JsonObject[] = [];
  const said = items.map((item, outputIndex): JsonValue => {
    if (!isObject(item) || item['type'] !== 'message' || !Array.isArray(item['content'])) return item;
    const content = item['content'].map((part, contentIndex): JsonValue => {
      if (!isObject(part) || part['logprobs'] === undefined) return part;
      const { logprobs: tokens, ...rest } = part;
      logprobs.push({ output_index: outputIndex, content_index: contentIndex, tokens: tokens ?? null });
      return rest;
    });
    return { ...item, content };
  });
  const isReasoning = (item: JsonValue) => isObject(item) && item['type'] === 'reasoning';
  return { said: said.filter((item) => !isReasoning(item)), logprobs, reasoning: said.filter(isReasoning) };
}

function toTime(unixSeconds: number): string {
  return new Date(unixSeconds * 1000).toISOString();
}

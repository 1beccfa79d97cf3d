import type { JsonObject, JsonValue, PostedEventInput } from '../../core/index.js';
import { buildEvent } from '../event/build-event.js';
import type { EventFields } from '../event/build-event.js';
import { ownId } from '../event/own-id.js';
import { syntheticTime } from '../event/synthetic-time.js';
import { decodeJsonText } from '../source/json-text.js';
import type { Tally } from '../source/tally.js';
import { isResult, readMessage } from './messages.js';
import type { Message, ToolCall } from './messages.js';

/** One run of an agent as a list of chat messages. */
export interface Conversation {
  format: string;
  /** Identifies the run in the source; event ids are made of it. */
  run: string;
  agentId: string;
  sessionId: string;
  taskId?: string | undefined;
  messages: readonly JsonValue[];
  /** Pointer of the list within the run. */
  pointer: string;
  /** Fields that hold for each event and were derived, e.g. `/session_id`. */
  derived: readonly string[];
}

/** Tools that do nothing but let the model think. */
const THINKING_TOOLS = new Set(['think', 'sequentialthinking']);

/** The events of a conversation, in its order; every message is mapped or counted as skipped. */
export function mapConversation(conversation: Conversation, tally: Tally): PostedEventInput[] {
  const messages = conversation.messages.map(readMessage);
  const last = indexOfAnswer(messages);
  const mapper = new ConversationMapper(conversation);
  const events: PostedEventInput[] = [];
  for (const [index, message] of messages.entries()) {
    if (!message) tally.skip('not-a-chat-message');
    else {
      tally.map();
      if (!mapper.isPaired(index)) events.push(...mapper.events(message, index, messages, index === last));
    }
  }
  return events;
}

/** The assistant's last message, if nothing was called after it. */
function indexOfAnswer(messages: readonly (Message | undefined)[]): number | undefined {
  const index = messages.findLastIndex((candidate) => candidate?.role === 'assistant');
  const message = messages[index];
  return message?.toolCalls.length === 0 ? index : undefined;
}

class ConversationMapper {
  /** Tool messages that became the output of a call's event. */
  readonly #paired = new Set<number>();

  constructor(private readonly conversation: Conversation) {}

  isPaired(index: number): boolean {
    return this.#paired.has(index);
  }

  events(
    message: Message,
    index: number,
    messages: readonly (Message | undefined)[],
    isAnswer: boolean,
  ): PostedEventInput[] {
    if (isResult(message)) return [this.#lateResult(message, index)];
    if (message.toolCalls.length > 0) return this.#calls(message, index, messages);
    return [this.#utterance(message, index, isAnswer)];
  }

  #utterance(message: Message, index: number, isAnswer: boolean): PostedEventInput {
    const { content, rest } = message;
    switch (message.role) {
      case 'user':
        return this.#event({ event_type: 'user_message', input: content, metadata: rest }, index);
      case 'assistant': {
        const type = isAnswer ? 'final_decision' : 'agent_message';
        return this.#event(
          { event_type: type, output: content, metadata: rest },
          index,
          isAnswer ? ['/event_type'] : [],
        );
      }
      default: {
        const type = index === 0 ? 'session_start' : 'openai.system_message';
        return this.#event(
          { event_type: type, context: { role: message.role, content: content ?? null }, metadata: rest },
          index,
        );
      }
    }
  }

  #calls(message: Message, index: number, messages: readonly (Message | undefined)[]): PostedEventInput[] {
    const results = this.#resultsOf(message, index, messages);
    return message.toolCalls.map((call, position) => {
      const result = results[position];
      const { fields, derived } = callFields(call, result);
      const isFirst = position === 0;
      const said = isFirst && message.content !== null && message.content !== '' ? message.content : undefined;
      return this.#event(
        {
          ...fields,
          reasoning_chain: thoughts(said, fields),
          metadata: { ...fields.metadata, ...(isFirst && message.rest) },
        },
        index,
        derived,
        position,
      );
    });
  }

  /**
   * The results right behind the message: by id where the ids of this very message tell its calls apart, else by order.
   * Ids are used again later in a session, so nothing farther away is looked at.
   */
  #resultsOf(message: Message, index: number, messages: readonly (Message | undefined)[]): (Message | undefined)[] {
    const ids = message.toolCalls.map(({ id }) => id);
    const areDistinct = new Set(ids).size === ids.length;
    const results: (Message | undefined)[] = [];
    for (let next = index + 1; isResult(messages[next]) && next - index <= ids.length; next++) {
      const result = messages[next];
      const byId = areDistinct && result?.toolCallId !== undefined ? ids.indexOf(result.toolCallId) : -1;
      const position = byId >= 0 ? byId : next - index - 1;
      if (results[position] !== undefined) continue;
      results[position] = result;
      this.#paired.add(next);
    }
    return results;
  }

  /** A result without a call before it: an outcome on its own. */
  #lateResult(message: Message, index: number): PostedEventInput {
    const { content, toolCallId, toolName, rest } = message;
    const tool = { name: toolName ?? 'unknown', ...(toolCallId !== undefined && { call_id: toolCallId }) };
    return this.#event({ event_type: 'tool_call', phase: 'outcome', tool, output: content, metadata: rest }, index, [
      '/phase',
      ...(toolName === undefined ? ['/tool/name'] : []),
    ]);
  }

  #event(
    fields: Omit<EventFields, 'agent_id' | 'session_id' | 'timestamp'>,
    index: number,
    derived: readonly string[] = [],
    call?: number,
  ): PostedEventInput {
    const { format, run, agentId, sessionId, taskId, pointer } = this.conversation;
    const place = call === undefined ? [index] : [index, call];
    return buildEvent(
      {
        ...fields,
        event_id: ownId(format, run, ...place),
        agent_id: agentId,
        session_id: sessionId,
        task_id: taskId,
        timestamp: syntheticTime(index),
      },
      {
        format,
        position: `${pointer}/${index}${call === undefined ? '' : `/tool_calls/${call}`}`,
        derived: ['/timestamp', ...this.conversation.derived, ...derived],
      },
    );
  }
}

type CallFields = Omit<EventFields, 'agent_id' | 'session_id' | 'timestamp'>;

function callFields(call: ToolCall, result: Message | undefined): { fields: CallFields; derived: string[] } {
  const { id, function: called } = call;
  const input = called.arguments === undefined ? undefined : decodeJsonText(called.arguments);
  return {
    fields: {
      event_type: THINKING_TOOLS.has(called.name) ? 'reasoning_step' : 'tool_call',
      phase: result ? 'complete' : 'intent',
      tool: { name: called.name, call_id: id },
      input: input?.value,
      output: result?.content,
      metadata: { ...restOfCall(call, input?.exact ?? true), ...(result && restOfResult(result, call)) },
    },
    derived: ['/phase'],
  };
}

function restOfCall({ id, type, function: called, ...rest }: ToolCall, isExact: boolean): JsonObject {
  const { name, arguments: text, ...more } = called;
  return {
    ...(rest as JsonObject),
    ...(more as JsonObject),
    ...(!isExact && text !== undefined && { arguments: text }),
  };
}

/** What a result says about itself, where it differs from the call that it follows. */
function restOfResult({ toolCallId, toolName, rest }: Message, { id, function: called }: ToolCall): JsonObject {
  return {
    ...(toolCallId !== undefined && toolCallId !== id && { result_tool_call_id: toolCallId }),
    ...(toolName !== undefined && toolName !== called.name && { result_name: toolName }),
    ...(Object.keys(rest).length > 0 && { result: rest }),
  };
}

/** What was said beside a call, and the thought that a thinking tool was given. */
function thoughts(said: JsonValue | undefined, { event_type: type, input }: CallFields): JsonValue | undefined {
  const thought = type === 'reasoning_step' ? input : undefined;
  return said !== undefined && thought !== undefined ? [said, thought] : (said ?? thought);
}

import { z } from 'zod';
import type { JsonObject, JsonValue } from '../../core/index.js';

/** OpenAI chat messages, as far as they are read; members beyond these are kept as metadata. */
export const chatMessage = z.looseObject({
  role: z.enum(['system', 'developer', 'user', 'assistant', 'tool', 'function']),
  content: z.custom<JsonValue>().optional(),
});

export const toolCall = z.looseObject({
  id: z.string().optional(),
  function: z.looseObject({ name: z.string(), arguments: z.custom<JsonValue>().optional() }),
});
export type ToolCall = z.output<typeof toolCall>;

/** One message, read. `rest` is what no field of an event stands for. */
export interface Message {
  role: string;
  content: JsonValue | undefined;
  toolCalls: ToolCall[];
  /** The call that a tool message says it answers. */
  toolCallId: string | undefined;
  toolName: string | undefined;
  rest: JsonObject;
}

/** `undefined` where the value is no chat message. */
export function readMessage(value: JsonValue): Message | undefined {
  const parsed = chatMessage.safeParse(value);
  if (!parsed.success) return undefined;
  const { role, content, tool_calls, tool_call_id, name, ...rest } = parsed.data as JsonObject & { role: string };
  const calls = z.array(toolCall).safeParse(tool_calls ?? []);
  const isResult = role === 'tool' || role === 'function';
  return {
    role,
    content,
    toolCalls: calls.success ? calls.data : [],
    toolCallId: typeof tool_call_id === 'string' ? tool_call_id : undefined,
    toolName: isResult && typeof name === 'string' ? name : undefined,
    rest: {
      ...rest,
      ...(!calls.success && tool_calls !== undefined && { tool_calls }),
      ...(!isResult && name !== undefined && { name }),
    },
  };
}

export function isResult(message: Message | undefined): boolean {
  return message?.role === 'tool' || message?.role === 'function';
}

import type { PostedEventInput } from '../../core/index.js';
import type { Attributes } from './attributes.js';

/**
 * Names of attributes, the most specific convention first: OpenTelemetry GenAI, OpenInference, Vercel AI SDK.
 * docs/intake.md has them as a table.
 */
export const INPUT_KEYS = [
  'gen_ai.tool.call.arguments',
  'gen_ai.input.messages',
  'input.value',
  'ai.toolCall.args',
  'ai.prompt.messages',
  'ai.prompt',
  'ai.values',
  'ai.value',
  'gen_ai.prompt',
];

export const OUTPUT_KEYS = [
  'gen_ai.tool.call.result',
  'gen_ai.output.messages',
  'output.value',
  'ai.toolCall.result',
  'ai.response.text',
  'ai.response.object',
  'ai.response.toolCalls',
  'ai.embeddings',
  'ai.embedding',
  'gen_ai.completion',
];

export function readTool(attributes: Attributes, spanName: string, derived: string[]): PostedEventInput['tool'] {
  const name = attributes.text('gen_ai.tool.name', 'tool.name', 'ai.toolCall.name');
  const callId = attributes.text('gen_ai.tool.call.id', 'tool.id', 'tool_call.id', 'ai.toolCall.id');
  if (name === undefined) derived.push('/tool/name');
  return { name: name ?? (spanName || 'unknown'), ...(callId !== undefined && { call_id: callId }) };
}

export function readModel(attributes: Attributes): PostedEventInput['model'] {
  const asked = attributes.text('gen_ai.request.model', 'llm.model_name', 'embedding.model_name', 'ai.model.id');
  const answered = attributes.text('gen_ai.response.model', 'ai.response.model');
  const name = asked ?? answered;
  if (name === undefined) return undefined;
  const provider = attributes.text(
    'gen_ai.provider.name',
    'gen_ai.system',
    'llm.provider',
    'llm.system',
    'ai.model.provider',
  );
  return {
    name,
    ...(provider !== undefined && { provider }),
    ...(asked !== undefined && answered !== undefined && { version: answered }),
  };
}

export function readUsage(attributes: Attributes, derived: string[]): PostedEventInput['usage'] {
  const cost = attributes.amount('llm.cost.total', 'gen_ai.usage.cost');
  // Both conventions count US dollars and do not say so in the data.
  if (cost !== undefined) derived.push('/usage/cost/currency');
  return {
    input_tokens: attributes.count(
      'gen_ai.usage.input_tokens',
      'gen_ai.usage.prompt_tokens',
      'llm.token_count.prompt',
      'ai.usage.inputTokens',
      'ai.usage.promptTokens',
      'ai.usage.tokens',
    ),
    output_tokens: attributes.count(
      'gen_ai.usage.output_tokens',
      'gen_ai.usage.completion_tokens',
      'llm.token_count.completion',
      'ai.usage.outputTokens',
      'ai.usage.completionTokens',
    ),
    ...(cost !== undefined && { cost: { amount: cost, currency: 'USD' } }),
  };
}

import type { EVENT_TYPES } from '../../core/index.js';
import type { Attributes } from './attributes.js';

/** The event type that a span becomes; `otel.*` where none of the schema's says the same. */
export type SpanEventType = (typeof EVENT_TYPES)[number] | 'otel.span' | 'otel.evaluation';

/** A whole turn of an agent: its output is the answer. */
const TURN = Symbol('turn');
type Kind = SpanEventType | typeof TURN;

/** `gen_ai.operation.name` of OpenTelemetry's GenAI conventions. */
const OPERATIONS: Record<string, Kind | undefined> = {
  chat: 'model_call',
  text_completion: 'model_call',
  generate_content: 'model_call',
  embeddings: 'model_call',
  execute_tool: 'tool_call',
  retrieval: 'tool_call',
  plan: 'reasoning_step',
  invoke_agent: TURN,
};

/** `openinference.span.kind`. */
const OPENINFERENCE_KINDS: Record<string, Kind | undefined> = {
  LLM: 'model_call',
  EMBEDDING: 'model_call',
  RERANKER: 'model_call',
  TOOL: 'tool_call',
  RETRIEVER: 'tool_call',
  AGENT: TURN,
  GUARDRAIL: 'guardrail_check',
  EVALUATOR: 'otel.evaluation',
};

/** `ai.operationId` of the Vercel AI SDK. */
const AI_SDK_OPERATIONS: Record<string, Kind | undefined> = {
  'ai.generateText.doGenerate': 'model_call',
  'ai.streamText.doStream': 'model_call',
  'ai.generateObject.doGenerate': 'model_call',
  'ai.streamObject.doStream': 'model_call',
  'ai.embed.doEmbed': 'model_call',
  'ai.embedMany.doEmbed': 'model_call',
  'ai.toolCall': 'tool_call',
  'ai.generateText': TURN,
  'ai.streamText': TURN,
  'ai.generateObject': TURN,
  'ai.streamObject': TURN,
};

/** What a span is to an auditor, by what its instrumentation calls it; the first convention that knows it decides. */
export function classify(attributes: Attributes, span: { isRoot: boolean; hasOutput: boolean }): SpanEventType {
  const kind = kindOf(attributes);
  if (kind !== TURN) return kind;
  if (!span.hasOutput) return 'otel.span';
  return span.isRoot ? 'final_decision' : 'agent_message';
}

function kindOf(attributes: Attributes): Kind {
  const byConvention =
    look(OPERATIONS, attributes.peek('gen_ai.operation.name')) ??
    look(OPENINFERENCE_KINDS, attributes.peek('openinference.span.kind')) ??
    look(AI_SDK_OPERATIONS, attributes.peek('ai.operationId'));
  if (byConvention !== undefined) return byConvention;
  if (attributes.peek('mcp.method.name') === 'tools/call' || attributes.has('gen_ai.tool.name')) return 'tool_call';
  return 'otel.span';
}

function look(table: Record<string, Kind | undefined>, key: string | undefined): Kind | undefined {
  return key !== undefined && Object.hasOwn(table, key) ? table[key] : undefined;
}

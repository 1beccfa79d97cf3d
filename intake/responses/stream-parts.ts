import { z } from 'zod';
import type { JsonObject, JsonValue } from '../../core/index.js';

const TEXT_DELTA =
  /^response\.(output_text|reasoning_text|reasoning_summary_text|refusal|function_call_arguments)\.delta$/;

const delta = z.looseObject({
  type: z.string().regex(TEXT_DELTA),
  output_index: z.number().int().min(0),
  content_index: z.number().int().min(0).catch(0),
  delta: z.string(),
  logprobs: z.array(z.custom<JsonValue>()).optional().catch(undefined),
});

interface Part {
  kind: string;
  outputIndex: number;
  contentIndex: number;
  text: string[];
  tokens: JsonValue[];
}

/** What the increments of a stream add up to: for streams that end early, and for logprobs that only increments had. */
export class StreamParts {
  readonly #parts = new Map<string, Part>();

  add(value: JsonValue): void {
    const parsed = delta.safeParse(value);
    if (!parsed.success) return;
    const { type, output_index: outputIndex, content_index: contentIndex, delta: text, logprobs = [] } = parsed.data;
    const kind = type.split('.')[1] ?? '';
    const key = `${kind}/${outputIndex}/${contentIndex}`;
    const part = this.#parts.get(key) ?? { kind, outputIndex, contentIndex, text: [], tokens: [] };
    part.text.push(text);
    part.tokens.push(...logprobs);
    this.#parts.set(key, part);
  }

  /** The texts so far, with the place that each has in the response. */
  texts(): JsonObject[] {
    return [...this.#parts.values()].map(({ kind, outputIndex, contentIndex, text }) => ({
      kind,
      output_index: outputIndex,
      content_index: contentIndex,
      text: text.join(''),
    }));
  }

  logprobs(): JsonObject[] {
    return [...this.#parts.values()]
      .filter(({ tokens }) => tokens.length > 0)
      .map(({ outputIndex, contentIndex, tokens }) => ({
        output_index: outputIndex,
        content_index: contentIndex,
        tokens,
      }));
  }
}

import { z } from 'zod';
import type { JsonObject, JsonValue, PostedEventInput } from '../../core/index.js';
import { isObject } from '../source/format.js';
import type { Format, MappingOptions, ValueMapper } from '../source/format.js';
import type { Tally } from '../source/tally.js';
import { mapResponse, RESPONSES_FORMAT } from './response.js';

const FINAL = new Set(['response.completed', 'response.incomplete', 'response.failed']);
/** Increments: the whole of what they add up to comes again in the response that ends the stream. */
const INCREMENT =
  /^response\.(created|in_progress|queued|(output_item|content_part|output_text|reasoning_text|reasoning_summary_text|reasoning_summary_part|refusal|function_call_arguments)\.(added|delta|done))$/;

const streamEvent = z.looseObject({ type: z.string().startsWith('response.') });
const itemDone = z.looseObject({ type: z.literal('response.output_item.done'), item: z.custom<JsonValue>() });

/** The stream of an OpenAI response, one event a line, with the token logprobs if they were asked for. */
export const responseStream: Format = {
  name: RESPONSES_FORMAT,
  recognizes: (value) => streamEvent.safeParse(value).success,
  open: (tally, options) => new StreamMapper(tally, options),
};

class StreamMapper implements ValueMapper {
  /** The stream under way: its latest snapshot of the response and the items that are done. */
  #snapshot: JsonObject | undefined;
  #items: JsonValue[] = [];

  constructor(
    private readonly tally: Tally,
    private readonly options: MappingOptions,
  ) {}

  map(value: JsonValue): PostedEventInput[] {
    const parsed = streamEvent.safeParse(value);
    const type = parsed.success ? parsed.data.type : '';
    const response = isObject(value) && isObject(value['response']) ? value['response'] : undefined;
    if (response && FINAL.has(type)) {
      this.tally.map();
      this.#snapshot = undefined;
      this.#items = [];
      return mapResponse(response, { isWhole: true, agentId: this.options.agentId });
    }
    if (!INCREMENT.test(type)) {
      this.tally.skip(type === '' ? 'not-a-stream-event' : 'unknown-stream-event');
      return [];
    }
    const cutOff = type === 'response.created' ? this.finish() : [];
    this.tally.skip('increment-of-the-response');
    if (response) this.#snapshot = response;
    const done = itemDone.safeParse(value);
    if (done.success) this.#items.push(done.data.item);
    return cutOff;
  }

  /** A stream that was cut off: the call was made, and what had arrived whole is known. */
  finish(): PostedEventInput[] {
    if (!this.#snapshot) return [];
    const response = { ...this.#snapshot, output: this.#items };
    this.#snapshot = undefined;
    this.#items = [];
    return mapResponse(response, { isWhole: false, agentId: this.options.agentId });
  }
}

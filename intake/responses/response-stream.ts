import { z } from 'zod';
import type { JsonObject, JsonValue, PostedEventInput } from '../../core/index.js';
import { isObject } from '../source/format.js';
import type { Format, MappingOptions, ValueMapper } from '../source/format.js';
import type { Tally } from '../source/tally.js';
import { mapResponse, RESPONSES_FORMAT } from './response.js';
import { StreamParts } from './stream-parts.js';

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
  /** The stream under way. */
  #stream = newStream();

  constructor(
    private readonly tally: Tally,
    private readonly options: MappingOptions,
  ) {}

  map(value: JsonValue): PostedEventInput[] {
    const parsed = streamEvent.safeParse(value);
    const type = parsed.success ? parsed.data.type : '';
    const response = isObject(value) && isObject(value['response']) ? value['response'] : undefined;
    if (response && FINAL.has(type)) return this.#end(response);
    if (!INCREMENT.test(type)) {
      this.tally.skip(type === '' ? 'not-a-stream-event' : 'unknown-stream-event');
      return [];
    }
    const cutOff = type === 'response.created' ? this.finish() : [];
    this.tally.skip('increment-of-the-response');
    this.#add(value, response);
    return cutOff;
  }

  /** A stream that was cut off: the call was made, and what had arrived is known. */
  finish(): PostedEventInput[] {
    const { snapshot, items, parts } = this.#stream;
    this.#stream = newStream();
    if (!snapshot) return [];
    return mapResponse({ ...snapshot, output: items }, { isWhole: false, parts, agentId: this.options.agentId });
  }

  #end(response: JsonObject): PostedEventInput[] {
    this.tally.map();
    const { parts } = this.#stream;
    this.#stream = newStream();
    return mapResponse(response, { isWhole: true, parts, agentId: this.options.agentId });
  }

  #add(value: JsonValue, response: JsonObject | undefined): void {
    if (response) this.#stream.snapshot = response;
    const done = itemDone.safeParse(value);
    if (done.success) this.#stream.items.push(done.data.item);
    this.#stream.parts.add(value);
  }
}

interface Stream {
  /** The response as it was last seen whole. */
  snapshot: JsonObject | undefined;
  /** Its items that are done. */
  items: JsonValue[];
  parts: StreamParts;
}

function newStream(): Stream {
  return { snapshot: undefined, items: [], parts: new StreamParts() };
}

import { canonicalize, sha256Hex } from '../../core/index.js';
import type { JsonObject, JsonValue, PostedEventInput } from '../../core/index.js';
import { ownId } from '../event/own-id.js';
import { isObject, Occurrences } from '../source/format.js';
import type { Format, ValueMapper } from '../source/format.js';
import type { Tally } from '../source/tally.js';

const NAME = 'audit-events';

/**
 * Events as `POST /v1/events` takes them: lines, a list, or `{"events": […]}`. They go on as they are, and the
 * gateway judges them. One without an id gets one from its content and the number of times it was said before: lines
 * may be appended to the source, and a second import still meets the same ids.
 */
export const postedEvents: Format = {
  name: NAME,
  recognizes: (value) => isEvent(eventsOf(value)[0]),
  open: (tally) => new PostedEventMapper(tally),
};

function isEvent(value: JsonValue | undefined): boolean {
  return isObject(value) && ['event_type', 'agent_id', 'session_id'].every((key) => key in value);
}

function eventsOf(value: JsonValue): JsonValue[] {
  if (Array.isArray(value)) return value;
  return isObject(value) && Array.isArray(value['events']) ? value['events'] : [value];
}

class PostedEventMapper implements ValueMapper {
  readonly #occurrences = new Occurrences();

  constructor(private readonly tally: Tally) {}

  map(value: JsonValue): PostedEventInput[] {
    return eventsOf(value).flatMap((item) => {
      if (!isEvent(item) || !isObject(item)) {
        this.tally.skip('not-an-event');
        return [];
      }
      this.tally.map();
      return [(item['event_id'] === undefined ? this.#withId(item) : item) as unknown as PostedEventInput];
    });
  }

  #withId(event: JsonObject): JsonObject {
    const content = sha256Hex(canonicalize(event, Infinity)).slice(0, 32);
    const source = isObject(event['source']) ? event['source'] : { format: NAME };
    const derived = Array.isArray(source['derived']) ? source['derived'] : [];
    return {
      ...event,
      event_id: ownId(NAME, this.#occurrences.name(content)),
      source: { ...source, derived: [...derived, '/event_id'] },
    };
  }
}

import type { JsonValue, PostedEventInput } from '../../core/index.js';
import { inOrderOfTime } from '../event/build-event.js';
import { isObject } from '../source/format.js';
import type { Format, MappingOptions, ValueMapper } from '../source/format.js';
import type { Tally } from '../source/tally.js';
import { readExport } from './export.js';
import { LANGFUSE, TraceEvents } from './trace-events.js';

/** Traces as Langfuse exports them, with their observations and scores. */
export const langfuse: Format = {
  name: LANGFUSE,
  recognizes: (value) => {
    const trace = isObject(value) && isObject(value['trace']) ? value['trace'] : value;
    return isObject(trace) && 'id' in trace && isObject(value) && firstHas(value['observations'], 'startTime', 'type');
  },
  open: (tally, options) => new LangfuseMapper(tally, options),
};

function firstHas(list: JsonValue | undefined, ...keys: string[]): boolean {
  const first = Array.isArray(list) ? list[0] : undefined;
  return isObject(first) && keys.every((key) => key in first);
}

class LangfuseMapper implements ValueMapper {
  constructor(
    private readonly tally: Tally,
    private readonly options: MappingOptions,
  ) {}

  map(value: JsonValue): PostedEventInput[] {
    const exported = readExport(value);
    if (!exported) {
      this.tally.skip('not-a-trace');
      return [];
    }
    const { observations, scores, repeated, unreadable } = exported;
    this.tally.skip('repeated-in-observations', repeated);
    this.tally.skip('unreadable-observation-or-score', unreadable);
    this.tally.map(1 + observations.length + scores.length);
    const events = new TraceEvents(exported, this.options.agentId);
    return inOrderOfTime([
      ...observations.map((one) => events.observation(one)),
      events.trace(),
      ...scores.map((one) => events.score(one)),
    ]);
  }
}

import type { JsonObject, JsonValue, PostedEventInput } from '../../core/index.js';
import { inOrderOfTime } from '../event/build-event.js';
import { isObject } from '../source/format.js';
import type { Format, MappingOptions, ValueMapper } from '../source/format.js';
import type { Tally } from '../source/tally.js';
import { readExport } from './export.js';
import type { LangfuseExport } from './export.js';
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
    const missing = this.#countRepeated(exported);
    this.tally.skip('unreadable-observation-or-score', exported.unreadable);
    const complete = { ...exported, observations: [...exported.observations, ...missing] };
    this.tally.map(1 + complete.observations.length + complete.scores.length);
    const events = new TraceEvents(complete, this.options.agentId);
    return inOrderOfTime([
      ...complete.observations.map((one) => events.observation(one)),
      events.trace(),
      ...complete.scores.map((one) => events.score(one)),
    ]);
  }

  /** The trace names its observations a second time, without their values; one that is only there is mapped from there. */
  #countRepeated({ trace, observations, repeated }: LangfuseExport): LangfuseExport['observations'] {
    const known = new Map(observations.map(({ read, whole }): [string, JsonObject] => [read.id, whole]));
    const missing = repeated.filter((item) => !isObject(item) || !isRepeated(item, known.get(String(item['id']))));
    this.tally.skip('repeated-in-observations', repeated.length - missing.length);
    const reread = readExport({ ...trace.whole, observations: missing });
    this.tally.skip('unreadable-observation-or-score', reread?.unreadable ?? 0);
    return reread?.observations ?? [];
  }
}

/** Whether the longer form has each member of the shorter one, which leaves values out or cuts them short. */
function isRepeated(short: JsonObject, long: JsonObject | undefined): boolean {
  return long !== undefined && Object.keys(short).every((key) => key in long);
}

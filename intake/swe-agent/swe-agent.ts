import { canonicalize, sha256Hex } from '../../core/index.js';
import type { JsonObject, JsonValue, PostedEventInput } from '../../core/index.js';
import { buildEvent } from '../event/build-event.js';
import type { EventFields } from '../event/build-event.js';
import { ownId } from '../event/own-id.js';
import { syntheticTime } from '../event/synthetic-time.js';
import { isObject, Occurrences } from '../source/format.js';
import type { Format, MappingOptions, ValueMapper } from '../source/format.js';
import { decodeJsonText } from '../source/json-text.js';
import type { Tally } from '../source/tally.js';
import { readRun, trajectoryFile } from './trajectory.js';
import type { Step } from './trajectory.js';

const NAME = 'swe-agent';
/** Ends the run and hands in its result. */
const SUBMIT = 'submit';

/** Trajectories of SWE-agent: thought, action, observation; with or without a `trajectory`, with or without tool calls. */
export const sweAgent: Format = {
  name: NAME,
  recognizes: (value) =>
    isObject(value) && (hasKeys(value['trajectory'], 'action', 'observation') || hasHistory(value['history'])),
  open: (tally, options) => new SweAgentMapper(tally, options),
};

function hasKeys(list: JsonValue | undefined, ...keys: string[]): boolean {
  const first = Array.isArray(list) ? list[0] : undefined;
  return isObject(first) && keys.every((key) => key in first);
}

function hasHistory(list: JsonValue | undefined): boolean {
  return (
    hasKeys(list, 'role', 'content') &&
    Array.isArray(list) &&
    list.some((entry) => isObject(entry) && 'action' in entry)
  );
}

class SweAgentMapper implements ValueMapper {
  readonly #occurrences = new Occurrences();

  constructor(
    private readonly tally: Tally,
    private readonly options: MappingOptions,
  ) {}

  map(value: JsonValue): PostedEventInput[] {
    const parsed = trajectoryFile.safeParse(value);
    if (!parsed.success) {
      this.tally.skip('not-a-trajectory');
      return [];
    }
    const { history, trajectory, info, ...about } = parsed.data;
    const run = readRun(parsed.data);
    this.tally.map(run.elements);
    this.tally.skip('not-an-object', run.notObjects);
    const identity = this.#occurrences.name(sha256Hex(canonicalize(value, Infinity)).slice(0, 24));
    const events = new RunEvents(identity, this.options.agentId ?? NAME);
    const mapped = [
      ...run.preamble.map(({ position, message }) => events.message(message, position)),
      ...run.steps.map((step) => events.step(step)),
    ];
    if (info === undefined && Object.keys(about).length === 0) return mapped;
    this.tally.map();
    return [...mapped, events.end(info, about as JsonObject)];
  }
}

/** Builds the events of one run one after the other: the index gives each its id and its time. */
class RunEvents {
  #index = 0;

  constructor(
    private readonly run: string,
    private readonly agentId: string,
  ) {}

  message({ role, content, agent, ...rest }: JsonObject, position: string): PostedEventInput {
    const isSystem = role === 'system';
    return this.#event(
      {
        event_type: isSystem ? 'session_start' : 'user_message',
        ...(isSystem ? { context: { role, content: content ?? null } } : { input: content }),
        agent_instance_id: textOf(agent),
        metadata: rest,
      },
      position,
    );
  }

  step(step: Step): PostedEventInput {
    const { observation, thought, agent, call } = step;
    const name = call?.name ?? firstWord(step.action);
    const isSubmission = name === SUBMIT;
    return this.#event(
      {
        event_type: isSubmission ? 'final_decision' : 'tool_call',
        phase: observation === undefined ? 'intent' : 'complete',
        tool: { name: name || 'unknown', call_id: call?.id },
        ...inputOf(step),
        output: observation,
        reasoning_chain: thought,
        agent_instance_id: textOf(agent),
      },
      step.position,
      ['/phase', ...(call ? [] : ['/tool/name']), ...(isSubmission ? ['/event_type'] : [])],
    );
  }

  end(info: JsonValue | undefined, about: JsonObject): PostedEventInput {
    const { submission, ...rest } = isObject(info) ? info : {};
    return this.#event(
      {
        event_type: 'session_end',
        outcome: typeof rest['exit_status'] === 'string' ? rest['exit_status'] : undefined,
        output: submission,
        metadata: { ...about, ...(isObject(info) ? { info: rest } : info !== undefined && { info }) },
      },
      '/info',
    );
  }

  #event(
    fields: Omit<EventFields, 'agent_id' | 'session_id' | 'timestamp'>,
    position: string,
    derived: string[] = [],
  ): PostedEventInput {
    const index = this.#index++;
    return buildEvent(
      {
        ...fields,
        event_id: ownId(NAME, this.run, index),
        agent_id: this.agentId,
        session_id: `${NAME}.${this.run}`,
        timestamp: syntheticTime(index),
      },
      { format: NAME, position, derived: ['/timestamp', '/agent_id', '/session_id', ...derived] },
    );
  }
}

/** The arguments of a call beside the action they were run as; the action itself where there was no call. */
function inputOf({ action, call, metadata }: Step): Pick<EventFields, 'input' | 'metadata'> {
  if (call?.arguments === undefined) return { input: action, metadata };
  const { value, exact } = decodeJsonText(call.arguments);
  return {
    input: value,
    metadata: { ...metadata, ...(action !== undefined && { action }), ...(!exact && { arguments: call.arguments }) },
  };
}

/** The command of a shell line. */
function firstWord(action: JsonValue | undefined): string {
  return typeof action === 'string' ? (/\S+/.exec(action)?.[0] ?? '') : '';
}

function textOf(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

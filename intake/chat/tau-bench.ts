import { z } from 'zod';
import { canonicalize, sha256Hex } from '../../core/index.js';
import type { JsonObject, JsonValue, PostedEventInput } from '../../core/index.js';
import { buildEvent } from '../event/build-event.js';
import { ownId } from '../event/own-id.js';
import { syntheticTime } from '../event/synthetic-time.js';
import { isObject, Occurrences } from '../source/format.js';
import type { Format, MappingOptions, ValueMapper } from '../source/format.js';
import type { Tally } from '../source/tally.js';
import { mapConversation } from './conversation.js';
import type { Conversation } from './conversation.js';

const NAME = 'tau-bench';

const run = z.looseObject({
  task_id: z.union([z.number(), z.string()]),
  trial: z.number().optional(),
  reward: z.number().nullish(),
  traj: z.array(z.custom<JsonValue>()),
});

/** Results of tau-bench: a list of runs, each with its chat messages (`traj`) and the reward it earned. */
export const tauBench: Format = {
  name: NAME,
  recognizes: (value) => isRun(Array.isArray(value) ? value[0] : value),
  open: (tally, options) => new TauBenchMapper(tally, options),
};

function isRun(value: JsonValue | undefined): boolean {
  return isObject(value) && Array.isArray(value['traj']) && 'task_id' in value;
}

class TauBenchMapper implements ValueMapper {
  readonly #occurrences = new Occurrences();

  constructor(
    private readonly tally: Tally,
    private readonly options: MappingOptions,
  ) {}

  map(value: JsonValue): PostedEventInput[] {
    return (Array.isArray(value) ? value : [value]).flatMap((item) => this.#run(item));
  }

  #run(value: JsonValue): PostedEventInput[] {
    const parsed = run.safeParse(value);
    if (!parsed.success) {
      this.tally.skip('not-a-run');
      return [];
    }
    const { task_id: taskId, trial, reward, traj, ...rest } = parsed.data;
    // Task and trial name a run only within one model's results: its content tells it from the others.
    const name = `task-${taskId}.trial-${trial ?? 0}`;
    const identity = this.#occurrences.name(`${name}.${sha256Hex(canonicalize(value, Infinity)).slice(0, 16)}`);
    const conversation: Conversation = {
      format: NAME,
      run: identity,
      agentId: this.options.agentId ?? NAME,
      sessionId: `${NAME}.${identity}`,
      taskId: String(taskId),
      messages: traj,
      pointer: '/traj',
      derived: ['/agent_id', '/session_id'],
    };
    const outcome = { trial: trial ?? null, reward: reward ?? null, ...(rest as JsonObject) };
    return [...mapConversation(conversation, this.tally), this.#end(conversation, outcome)];
  }

  #end(conversation: Conversation, metadata: JsonObject & { reward: number | null }): PostedEventInput {
    this.tally.map();
    const { run: identity, agentId, sessionId, taskId, messages } = conversation;
    return buildEvent(
      {
        event_type: 'session_end',
        event_id: ownId(NAME, identity, 'end'),
        timestamp: syntheticTime(messages.length),
        agent_id: agentId,
        session_id: sessionId,
        task_id: taskId,
        ...(metadata.reward !== null && { outcome: metadata.reward === 1 ? 'success' : 'failure' }),
        metadata,
      },
      {
        format: NAME,
        position: '/reward',
        derived: ['/timestamp', '/agent_id', '/session_id', ...(metadata.reward === null ? [] : ['/outcome'])],
      },
    );
  }
}

import { z } from 'zod';
import type { JsonObject, JsonValue } from '../../core/index.js';
import { isObject } from '../source/format.js';

/** A `.traj` file of SWE-agent, as far as it is read. `history` is what the model saw, `trajectory` what was done. */
export const trajectoryFile = z.looseObject({
  history: z.array(z.custom<JsonValue>()).optional(),
  trajectory: z.array(z.custom<JsonValue>()).optional(),
  info: z.custom<JsonValue>().optional(),
});
export type TrajectoryFile = z.output<typeof trajectoryFile>;

/** A thought, what was done, and what came of it, from both lists. */
export interface Step {
  /** Pointer of the list's element that the step was read from. */
  position: string;
  action: JsonValue | undefined;
  thought: JsonValue | undefined;
  observation: JsonValue | undefined;
  call: { name: string; id?: string | undefined; arguments?: JsonValue | undefined } | undefined;
  agent: string | undefined;
  /** What the lists say beyond that. */
  metadata: JsonObject;
}

/** The history before the first step, and the steps. `elements` counts what was read of both lists. */
export interface Run {
  preamble: { position: string; message: JsonObject }[];
  steps: Step[];
  elements: number;
  notObjects: number;
}

const toolCalls = z.tuple([
  z.looseObject({
    id: z.string().optional(),
    function: z.looseObject({ name: z.string(), arguments: z.custom<JsonValue>().optional() }),
  }),
]);

export function readRun({ history = [], trajectory = [] }: TrajectoryFile): Run {
  const entries = history.filter(isObject);
  const done = trajectory.filter(isObject);
  const firstAction = entries.findIndex(({ role }) => role === 'assistant');
  const shown = firstAction < 0 ? [] : entries.slice(firstAction);
  const turns = readTurns(shown, Math.max(firstAction, 0));
  const count = Math.max(turns.length, done.length);
  return {
    preamble: entries
      .slice(0, firstAction < 0 ? entries.length : firstAction)
      .map((message, index) => ({ position: `/history/${index}`, message })),
    steps: Array.from({ length: count }, (_, index) => mergeStep(turns[index], done[index], index)),
    elements: entries.length + done.length,
    notObjects: history.length - entries.length + trajectory.length - done.length,
  };
}

/** What the model said and what it was shown in return. */
interface Turn {
  index: number;
  said: JsonObject;
  shown: JsonObject[];
}

function readTurns(entries: readonly JsonObject[], firstIndex: number): Turn[] {
  const turns: Turn[] = [];
  for (const [offset, entry] of entries.entries()) {
    if (entry['role'] === 'assistant') turns.push({ index: firstIndex + offset, said: entry, shown: [] });
    else turns.at(-1)?.shown.push(entry);
  }
  return turns;
}

function mergeStep(turn: Turn | undefined, done: JsonObject | undefined, index: number): Step {
  const { action, thought, observation, response, ...doneRest } = done ?? {};
  const { role, content, agent, action: saidAction, thought: saidThought, tool_calls, ...saidRest } = turn?.said ?? {};
  const [first, ...more] = turn?.shown ?? [];
  const call = readCall(tool_calls);
  const saw = observation ?? first?.['content'];
  return {
    position: done ? `/trajectory/${index}` : `/history/${turn?.index ?? 0}`,
    action: action ?? saidAction,
    thought: thought ?? saidThought,
    observation: saw,
    call,
    agent: typeof agent === 'string' ? agent : undefined,
    metadata: {
      ...doneRest,
      ...only('response', response, thought ?? saidThought),
      ...only('message', content, response ?? thought ?? saidThought),
      ...(call === undefined && tool_calls !== undefined && { tool_calls }),
      ...only('said', saidRest, {}),
      // The model is shown more than the command's output: where it is, what is open.
      ...only('shown', first?.['content'], saw),
      ...only('shown_about', first && restOfShown(first), {}),
      ...(more.length > 0 && { shown_more: more }),
    },
  };
}

function readCall(value: JsonValue | undefined): Step['call'] {
  const parsed = toolCalls.safeParse(value);
  if (!parsed.success) return undefined;
  const [{ id, function: called }] = parsed.data;
  return { name: called.name, id, arguments: called.arguments };
}

function restOfShown({ content, ...rest }: JsonObject): JsonObject {
  return rest;
}

/** The member, unless another place says the same. */
function only(key: string, value: JsonValue | undefined, said: JsonValue | undefined): JsonObject {
  return value === undefined || JSON.stringify(value) === JSON.stringify(said) ? {} : { [key]: value };
}

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
  agent: JsonValue | undefined;
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

function mergeStep(turn: Turn | undefined, done: JsonObject = {}, index: number): Step {
  const { index: place = 0, said = {}, shown = [] } = turn ?? {};
  const {
    action = said['action'],
    thought = said['thought'],
    observation = shown[0]?.['content'],
    response,
    ...about
  } = done;
  return {
    position: Object.keys(done).length > 0 ? `/trajectory/${index}` : `/history/${place}`,
    action,
    thought,
    observation,
    call: readCall(said['tool_calls']),
    agent: said['agent'],
    metadata: {
      ...about,
      ...unless(thought, { response }),
      ...restOfSaid(said, response ?? thought),
      ...restOfShown(shown, observation),
    },
  };
}

/** What the message of the model says beyond thought, action and call. */
function restOfSaid(
  { role, content, agent, action, thought, tool_calls: calls, ...about }: JsonObject,
  known: JsonValue | undefined,
): JsonObject {
  return {
    ...unless(known, { message: content }),
    ...(readCall(calls) === undefined && calls !== undefined && { tool_calls: calls }),
    ...unless({}, { said: about }),
  };
}

/** The model is shown more than the command's output: where it is, what is open. */
function restOfShown([first, ...more]: readonly JsonObject[], seen: JsonValue | undefined): JsonObject {
  if (!first) return {};
  const { content, ...about } = first;
  return {
    ...unless(seen, { shown: content }),
    ...unless({}, { shown_about: about }),
    ...(more.length > 0 && { shown_more: more }),
  };
}

function readCall(value: JsonValue | undefined): Step['call'] {
  const parsed = toolCalls.safeParse(value);
  if (!parsed.success) return undefined;
  const [{ id, function: called }] = parsed.data;
  return { name: called.name, id, arguments: called.arguments };
}

/** The one member, unless it is absent or says what is known. */
function unless(known: JsonValue | undefined, member: Record<string, JsonValue | undefined>): JsonObject {
  const said = JSON.stringify(known);
  return Object.fromEntries(
    Object.entries(member).filter(
      (entry): entry is [string, JsonValue] => entry[1] !== undefined && JSON.stringify(entry[1]) !== said,
    ),
  );
}

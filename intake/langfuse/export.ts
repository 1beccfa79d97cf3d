import { z } from 'zod';
import type { JsonObject, JsonValue } from '../../core/index.js';
import { readTimestamp } from '../event/build-event.js';
import { isObject } from '../source/format.js';

/** The parts of a Langfuse export that are read; all other members become metadata. Absent and null are one there. */
const id = z.string().min(1);
const text = z.string().min(1).optional().catch(undefined);
const time = z.custom<JsonValue>().transform(readTimestamp);
const amount = z.number().min(0).optional().catch(undefined);
const count = z.number().int().min(0).optional().catch(undefined);

const trace = z.object({
  id,
  name: text,
  timestamp: time,
  sessionId: text,
  environment: text,
  version: text,
});
export type Trace = z.output<typeof trace>;

const observation = z.object({
  id,
  type: z.string().min(1).catch('SPAN'),
  name: text,
  startTime: time,
  endTime: time,
  parentObservationId: text,
  level: text,
  statusMessage: text,
  version: text,
  environment: text,
  model: text,
  usageDetails: z.object({ input: count, output: count }).optional().catch(undefined),
  costDetails: z.object({ total: amount }).optional().catch(undefined),
});
export type Observation = z.output<typeof observation>;

const score = z.object({
  id,
  name: text,
  timestamp: time,
  source: text,
  observationId: text,
  authorUserId: text,
  environment: text,
});
export type Score = z.output<typeof score>;

/** One element: as it is read, and whole. */
export interface Element<T> {
  read: T;
  whole: JsonObject;
}

export interface LangfuseExport {
  trace: Element<Trace>;
  observations: Element<Observation>[];
  scores: Element<Score>[];
  /** Elements of the trace's own list of its observations that say nothing beyond the longer list. */
  repeated: number;
  unreadable: number;
}

/** `{trace, observations}` as Langfuse exports a trace, or a trace with its observations as its API returns it. */
export function readExport(value: JsonValue): LangfuseExport | undefined {
  if (!isObject(value)) return undefined;
  const { trace: wrapped, observations: given, ...beside } = isObject(value['trace']) ? value : { trace: value };
  const read = trace.safeParse(wrapped);
  if (!isObject(wrapped) || !read.success) return undefined;
  const { observations: inTrace, scores: scored, ...about } = wrapped;
  const listed = list(given);
  const short = list(inTrace).filter((item) => !listed.some((long) => isRepeated(item, long)));
  // What names a known observation and says something else about it stays with the trace: it is no second observation.
  const known = new Set(listed.map(idOf));
  const [differing, missing] = [
    short.filter((item) => known.has(idOf(item))),
    short.filter((item) => !known.has(idOf(item))),
  ];
  const observations = [...listed, ...missing].flatMap((item) => element(observation, item));
  const scores = list(scored).flatMap((item) => element(score, item));
  const elements = listed.length + list(inTrace).length + list(scored).length;
  const repeated = list(inTrace).length - short.length;
  return {
    trace: {
      read: read.data,
      whole: { ...about, ...beside, ...(differing.length > 0 && { observations: differing }) },
    },
    observations,
    scores,
    repeated,
    unreadable: elements - observations.length - scores.length - repeated - differing.length,
  };
}

/** Whether the longer form has all of the shorter one, which leaves values out. */
function isRepeated(short: JsonValue, long: JsonValue): boolean {
  if (!isObject(short) || !isObject(long) || short['id'] !== long['id']) return false;
  return Object.entries(short).every(
    ([key, value]) => value === null || value === '{}' || JSON.stringify(value) === JSON.stringify(long[key]),
  );
}

function idOf(item: JsonValue): JsonValue | undefined {
  return isObject(item) ? item['id'] : undefined;
}

function element<T>(schema: z.ZodType<T>, item: JsonValue): Element<T>[] {
  const parsed = schema.safeParse(item);
  return parsed.success && isObject(item) ? [{ read: parsed.data, whole: item }] : [];
}

function list(value: JsonValue | undefined): JsonValue[] {
  return Array.isArray(value) ? value : [];
}

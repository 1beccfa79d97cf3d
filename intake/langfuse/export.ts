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
  /** The trace's own list of its observations, in less detail. */
  repeated: JsonValue[];
  unreadable: number;
}

/** `{trace, observations}` as Langfuse exports a trace, or a trace with its observations as its API returns it. */
export function readExport(value: JsonValue): LangfuseExport | undefined {
  const whole = isObject(value) && isObject(value['trace']) ? value['trace'] : value;
  const read = trace.safeParse(whole);
  if (!isObject(whole) || !isObject(value) || !read.success) return undefined;
  const { observations: inTrace, scores: scored, ...about } = whole;
  const own = list(inTrace);
  const given = whole === value ? own : list(value['observations']);
  const observations = given.flatMap((item) => element(observation, item));
  const scores = list(scored).flatMap((item) => element(score, item));
  return {
    trace: { read: read.data, whole: about },
    observations,
    scores,
    repeated: whole === value ? [] : own,
    unreadable: given.length - observations.length + list(scored).length - scores.length,
  };
}

function element<T>(schema: z.ZodType<T>, item: JsonValue): Element<T>[] {
  const parsed = schema.safeParse(item);
  return parsed.success && isObject(item) ? [{ read: parsed.data, whole: item }] : [];
}

function list(value: JsonValue | undefined): JsonValue[] {
  return Array.isArray(value) ? value : [];
}

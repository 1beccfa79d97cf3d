import { z } from 'zod';
import type { JsonValue } from '../../core/index.js';
import { problem, toProblem } from '../http/problem.js';
import type { EventResult } from '../intake/entry.js';
import { receipt } from '../intake/receipt.js';
import type { PostedItem, Submission } from '../intake/write-path.js';

const RESULT_STATUSES = ['recorded', 'duplicate', 'conflict', 'invalid', 'unknown'] as const;
const SUBMISSION_STATUSES = ['accepted', ...RESULT_STATUSES] as const;

/** What became of one event of a batch. */
export const eventResult = z
  .strictObject({
    event_id: z.string().optional().meta({ description: "The caller's own id, else the locator." }),
    status: z.enum(RESULT_STATUSES),
    receipt: receipt.optional(),
    problem: problem.optional(),
  })
  .meta({ id: 'EventResult' });

/** The answer to a batch: results in the order of the events. */
export const batchAnswer = z
  .strictObject({
    results: z.array(eventResult),
    summary: z.strictObject({ total: z.number().int(), ...countOf(RESULT_STATUSES) }),
  })
  .meta({ id: 'BatchAnswer' });
export type BatchAnswer = z.output<typeof batchAnswer>;

/** What became of the events of a submission so far, in their order. */
export const submissionAnswer = z
  .strictObject({
    id: z.string(),
    done: z.boolean().meta({ description: 'Whether nothing of it waits any more.' }),
    results: z.array(eventResult.extend({ status: z.enum(SUBMISSION_STATUSES) })),
    summary: z.strictObject({ total: z.number().int(), ...countOf(SUBMISSION_STATUSES) }),
  })
  .meta({ id: 'Submission' });
export type SubmissionAnswer = z.output<typeof submissionAnswer>;

export function toSubmissionAnswer({ id, results }: Submission): SubmissionAnswer {
  const summary = {
    total: results.length,
    accepted: 0,
    recorded: 0,
    duplicate: 0,
    conflict: 0,
    invalid: 0,
    unknown: 0,
  };
  for (const { status } of results) summary[status]++;
  const items = results.map((result) => (result.status === 'accepted' ? result : toItem(undefined, result)));
  return { id, done: summary.accepted === 0, results: items, summary };
}

export function toBatchAnswer(items: readonly PostedItem[], results: readonly EventResult[]): BatchAnswer {
  const summary = { total: results.length, recorded: 0, duplicate: 0, conflict: 0, invalid: 0, unknown: 0 };
  for (const { status } of results) summary[status]++;
  return { results: results.map((result, index) => toItem(items[index], result)), summary };
}

function toItem(item: PostedItem | undefined, result: EventResult): BatchAnswer['results'][number] {
  if ('receipt' in result) return { event_id: result.receipt.event_id, status: result.status, receipt: result.receipt };
  const eventId = result.locator ?? ownIdOf(item);
  return {
    ...(eventId !== undefined && { event_id: eventId }),
    status: result.status,
    problem: toProblem(result.error),
  };
}

function ownIdOf(item: PostedItem | undefined): string | undefined {
  const value: JsonValue | undefined = item && 'value' in item ? item.value : undefined;
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject && typeof value['event_id'] === 'string' ? value['event_id'] : undefined;
}

function countOf<const Status extends string>(statuses: readonly Status[]): Record<Status, z.ZodNumber> {
  return Object.fromEntries(statuses.map((status) => [status, z.number().int()])) as Record<Status, z.ZodNumber>;
}

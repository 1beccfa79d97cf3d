import type { Request, RequestHandler, Response } from 'express';
import { z } from 'zod';
import { AuditError, LIMITS } from '../../core/index.js';
import type { JsonValue } from '../../core/index.js';
import { jsonBody, NDJSON, ndjsonItems, requireType } from '../http/body.js';
import { prefersAsync } from '../http/prefer.js';
import { sendProblem } from '../http/problem.js';
import { booleanFlag, hasQuery, readQuery } from '../http/query.js';
import type { EventResult } from '../intake/entry.js';
import type { PostedItem, Submission, WriteContext } from '../intake/write-path.js';
import type { Services } from '../services.js';
import { toBatchAnswer, toSubmissionAnswer } from './batch-answer.js';

/** What `POST /v1/events` may say behind the question mark. */
export const postEventsQuery = z.strictObject({ atomic: booleanFlag.optional() });
/** Visible ASCII, as a header carries it. */
export const idempotencyKey = z.string().regex(/^[\x21-\x7e]{1,255}$/, 'expected 1 to 255 visible ASCII characters');

/** `POST /v1/events`: one event, `{"events": […]}`, or lines of NDJSON; answered when recorded, or when on disk. */
export function postEvents({ writePath }: Services): RequestHandler {
  return async (req, res) => {
    const context = readContext(req);
    const { items, isBatch } = readItems(req);
    const done = prefersAsync(req)
      ? await writePath.acceptEvents(items, context)
      : await writePath.recordEvents(items, context);
    if (!Array.isArray(done)) answerAccepted(res, done);
    else if (isBatch) answerBatch(req, res, items, done, context);
    else if (done[0]) answerSingle(req, res, done[0]);
  };
}

function readContext(req: Request): WriteContext {
  const atomic = hasQuery(req) && readQuery(postEventsQuery, req).atomic === true;
  const key = req.get('Idempotency-Key');
  const parsed = key === undefined ? undefined : idempotencyKey.safeParse(key);
  if (parsed?.success === false)
    throw new AuditError('INVALID_REQUEST', 'The Idempotency-Key must be 1 to 255 visible ASCII characters.');
  return {
    subject: req.principal.subject,
    mayWrite: req.principal.mayUseAgent,
    atomic,
    idempotencyKey: parsed?.data,
  };
}

function readItems(req: Request): { items: PostedItem[]; isBatch: boolean } {
  const type = requireType(req, ['application/json', NDJSON]);
  if (type === NDJSON) return { items: requireBatch(ndjsonItems(req)), isBatch: true };
  const body = jsonBody(req);
  const batch = batchItems(body);
  return batch
    ? { items: requireBatch(batch), isBatch: true }
    : { items: [{ pointer: '', value: body }], isBatch: false };
}

function batchItems(body: JsonValue): PostedItem[] | undefined {
  if (typeof body !== 'object' || body === null || Array.isArray(body) || !Object.hasOwn(body, 'events'))
    return undefined;
  const extra = Object.keys(body).find((key) => key !== 'events');
  if (extra !== undefined)
    throw AuditError.at(`/${extra}`, 'INVALID_REQUEST', 'a batch has no other field than events');
  const { events } = body;
  if (!Array.isArray(events)) throw AuditError.at('/events', 'INVALID_REQUEST', 'expected an array of events');
  return events.map((value, index) => ({ pointer: `/events/${index}`, value }));
}

function requireBatch(items: PostedItem[]): PostedItem[] {
  if (items.length === 0) throw new AuditError('INVALID_REQUEST', 'The batch holds no event.');
  if (items.length > LIMITS.eventsPerRequest) {
    throw new AuditError('TOO_LARGE', `A batch has at most ${LIMITS.eventsPerRequest} events.`);
  }
  return items;
}

function answerAccepted(res: Response, submission: Submission): void {
  res.setHeader('Preference-Applied', 'respond-async');
  res.setHeader('Location', `/v1/submissions/${submission.id}`);
  res.status(202).json(toSubmissionAnswer(submission));
}

function answerBatch(
  req: Request,
  res: Response,
  items: PostedItem[],
  results: EventResult[],
  { atomic }: WriteContext,
): void {
  const failed = atomic ? results.find((result) => 'error' in result) : undefined;
  if (failed && 'error' in failed) sendProblem(req, res, failed.error);
  else res.json(toBatchAnswer(items, results));
}

function answerSingle(req: Request, res: Response, result: EventResult): void {
  if ('error' in result) {
    sendProblem(req, res, result.error);
    return;
  }
  res.setHeader('Location', `/v1/events/${result.receipt.locator}`);
  res.status(result.status === 'recorded' ? 201 : 200).json({ status: result.status, ...result.receipt });
}

import type { RequestHandler } from 'express';
import { z } from 'zod';
import { AuditError, LIMITS, normalizeTimestamp, timestamp } from '../../core/index.js';
import { bodyText, NDJSON, requireType } from '../http/body.js';
import { readQuery } from '../http/query.js';
import type { Services } from '../services.js';

const block = z
  .string()
  .regex(/^\d{1,15}$/, 'expected a whole number')
  .transform(Number)
  .optional();
const time = timestamp.transform((text) => normalizeTimestamp(text) ?? text).optional();

export const checkpointsQuery = z.strictObject({
  observed_by: z.string().min(1).max(LIMITS.nameLength).optional(),
  from_height: block,
  to_height: block,
  from: time,
  to: time,
  order: z.enum(['asc', 'desc']).default('desc'),
  limit: z
    .string()
    .regex(/^\d{1,4}$/, 'expected a whole number')
    .transform(Number)
    .pipe(z.number().int().min(1).max(LIMITS.checkpointsPerPage))
    .default(50),
});

export const receivedCheckpoints = z
  .strictObject({
    stored: z.number().int().meta({ description: 'How many were new.' }),
    known: z.number().int(),
  })
  .meta({ id: 'ReceivedCheckpoints' });

/** `GET /v1/checkpoints`: this organization's checkpoints and those of others that it has, one document a line. */
export function listCheckpoints({ witness }: Services): RequestHandler {
  return (req, res) => {
    const found = witness.checkpoints.list(readQuery(checkpointsQuery, req));
    res.attachment('checkpoints.ndjson').type(NDJSON);
    res.send(found.map(({ document }) => `${document}\n`).join(''));
  };
}

/** `POST /v1/checkpoints`: takes in checkpoints from wherever they come; only what verifies is kept. */
export function postCheckpoints({ witness }: Services): RequestHandler {
  return async (req, res) => {
    requireType(req, [NDJSON, 'application/json']);
    const lines = bodyText(req)
      .split('\n')
      .filter((line) => line.trim() !== '');
    if (lines.length === 0 || lines.length > LIMITS.checkpointsPerPage) {
      throw new AuditError('INVALID_REQUEST', `Send 1 to ${LIMITS.checkpointsPerPage} checkpoints, one a line.`);
    }
    let stored = 0;
    for (const line of lines) if (await witness.keeper.receive(line.trim())) stored += 1;
    res.json({ stored, known: lines.length - stored });
  };
}

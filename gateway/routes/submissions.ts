import type { RequestHandler } from 'express';
import { AuditError } from '../../core/index.js';
import { pathId } from '../http/query.js';
import type { Services } from '../services.js';
import { toSubmissionAnswer } from './batch-answer.js';

/** `GET /v1/submissions/{id}`: to the token that posted it only; to others it is not there. */
export function readSubmission({ writePath }: Services): RequestHandler {
  return (req, res) => {
    const submission = writePath.findSubmission(pathId(req), req.principal.subject);
    if (!submission) throw new AuditError('NOT_FOUND', 'This token has no submission by that name, or it is too old.');
    res.json(toSubmissionAnswer(submission));
  };
}

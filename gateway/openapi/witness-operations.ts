import { checkpoint } from '../../core/index.js';
import { NDJSON } from '../http/body.js';
import { checkpointsQuery, receivedCheckpoints } from '../routes/checkpoints.js';
import { verificationAnswer } from '../routes/verification.js';
import type { Operation } from './operations.js';

/** What an organization sees of the ledger by itself. */
export const WITNESS_OPERATIONS: readonly Operation[] = [
  {
    id: 'listCheckpoints',
    method: 'get',
    path: '/v1/checkpoints',
    summary: 'Signed heights and block hashes that this gateway has observed or received, one document a line',
    scope: 'read',
    query: checkpointsQuery,
    answers: { 200: { description: 'Checkpoints', schema: checkpoint, type: NDJSON } },
  },
  {
    id: 'postCheckpoints',
    method: 'post',
    path: '/v1/checkpoints',
    summary: 'Hand over checkpoints, one document a line; each is verified, compared and kept',
    scope: 'attest',
    body: { [NDJSON]: { schema: checkpoint } },
    answers: { 200: { description: 'What became of them', schema: receivedCheckpoints } },
  },
  {
    id: 'readVerification',
    method: 'get',
    path: '/v1/verification',
    summary: 'Up to where each organization has verified the ledger, and what was found',
    scope: 'read',
    answers: { 200: { description: 'Verification', schema: verificationAnswer } },
  },
];

import { Router } from 'express';
import { requireScope } from '../http/authenticate.js';
import { addRoute } from '../http/methods.js';
import type { Services } from '../services.js';
import { listKeys, registerKey, revokeKey } from './agent-keys.js';
import { attestEvent } from './attest-event.js';
import { listCheckpoints, postCheckpoints } from './checkpoints.js';
import { readEvidence } from './evidence.js';
import { postQueryEvidence, readSessionEvidence } from './signed-lists.js';
import { readLedger, readTransaction } from './ledger.js';
import { listEvents, postQuery } from './list-events.js';
import { postEvents } from './post-events.js';
import { readEvent, readHistory } from './read-event.js';
import { listSessions, readSessionPath } from './sessions.js';
import { streamEvents } from './stream.js';
import { readSubmission } from './submissions.js';
import { postTraces } from './traces.js';
import { readVerification } from './verification.js';

/** Everything under `/v1`, with the scope that each path needs. */
export function apiRouter(services: Services): Router {
  const router = Router({ caseSensitive: true, strict: true });
  const reading = requireScope('read');
  addRoute(router, '/events', {
    get: [reading, listEvents(services)],
    post: [requireScope('write'), postEvents(services)],
  });
  addRoute(router, '/events/query', { post: [reading, postQuery(services)] });
  addRoute(router, '/events/query/evidence', { post: [reading, postQueryEvidence(services)] });
  addRoute(router, '/events/:id', { get: [reading, readEvent(services)] });
  addRoute(router, '/events/:id/history', { get: [reading, readHistory(services)] });
  addRoute(router, '/events/:id/evidence', { get: [reading, readEvidence(services)] });
  addRoute(router, '/events/:id/attestations', { post: [requireScope('attest'), attestEvent(services)] });
  addRoute(router, '/agents/:agent_id/keys', {
    get: [reading, listKeys(services)],
    post: [requireScope('write'), registerKey(services)],
  });
  addRoute(router, '/agents/:agent_id/keys/:key_id/revoke', { post: [requireScope('write'), revokeKey(services)] });
  addRoute(router, '/sessions', { get: [reading, listSessions(services)] });
  addRoute(router, '/sessions/:id', { get: [reading, readSessionPath(services)] });
  addRoute(router, '/sessions/:id/evidence', { get: [reading, readSessionEvidence(services)] });
  addRoute(router, '/submissions/:id', { get: [requireScope('write'), readSubmission(services)] });
  addRoute(router, '/transactions/:id', { get: [reading, readTransaction(services)] });
  addRoute(router, '/checkpoints', {
    get: [reading, listCheckpoints(services)],
    post: [requireScope('attest'), postCheckpoints(services)],
  });
  addRoute(router, '/verification', { get: [reading, readVerification(services)] });
  addRoute(router, '/ledger', { get: [reading, readLedger(services)] });
  addRoute(router, '/traces', { post: [requireScope('write'), postTraces(services)] });
  addRoute(router, '/stream', { get: [reading, streamEvents(services)] });
  return router;
}

import express from 'express';
import type { Express } from 'express';
import { AuditError } from '../core/index.js';
import { admit } from './http/admit.js';
import { answerJson } from './http/json-answer.js';
import { handleErrors } from './http/problem.js';
import { requestContext } from './http/request-context.js';
import { apiRouter } from './routes/api.js';
import { docsRouter } from './routes/docs.js';
import { operationsRouter } from './routes/operations.js';
import { handleTraceErrors } from './routes/traces.js';
import type { Services } from './services.js';

/** The REST API: from the outside in, so that a request is refused before it costs anything. */
export function createApp(services: Services): Express {
  const { logger, metrics } = services;
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('query parser', false);
  app.response.json = answerJson;
  app.use(requestContext(logger, metrics.http));
  app.use('/v1', admit(services), apiRouter(services));
  app.use(operationsRouter(services), docsRouter());
  app.use(() => {
    throw new AuditError('NOT_FOUND', 'There is no such path.');
  });
  app.use('/v1/traces', handleTraceErrors);
  app.use(handleErrors);
  return app;
}

import { randomUUID } from 'node:crypto';
import type { RequestHandler } from 'express';
import type { Logger } from 'pino';
import type { HttpMetrics } from '../metrics.js';
import { answerJson } from './json-answer.js';
import type { Principal } from './tokens.js';

declare module 'express-serve-static-core' {
  interface Request {
    requestId: string;
    /** Faults of this request: the gateway's own, not the caller's. */
    logFault: (error: unknown) => void;
    principal: Principal;
  }
}

const CLIENT_REQUEST_ID = /^[A-Za-z0-9._-]{1,64}$/;

/** Names, logs and measures every request. Neither bodies nor tokens are ever logged. */
export function requestContext(logger: Logger, metrics: HttpMetrics): RequestHandler {
  return (req, res, next) => {
    const asked = req.get('X-Request-Id');
    req.requestId = asked !== undefined && CLIENT_REQUEST_ID.test(asked) ? asked : randomUUID();
    req.logFault = (err) => logger.error({ request_id: req.requestId, err }, 'request failed');
    res.json = answerJson;
    res.setHeader('X-Request-Id', req.requestId);
    const startedAt = process.hrtime.bigint();
    res.once('close', () => {
      const seconds = Number(process.hrtime.bigint() - startedAt) / 1e9;
      const route = routeOf(req.route);
      metrics.requestEnded(req.method, route, res.statusCode, seconds);
      const { method, requestId: request_id } = req;
      const subject = (req.principal as Principal | undefined)?.subject;
      const ms = Math.round(seconds * 1000);
      logger.info({ request_id, method, route, status: res.statusCode, ms, subject }, 'request');
    });
    next();
  };
}

/** The route's pattern: ids in it would make a metric per id and put them into logs. */
function routeOf(route: unknown): string {
  const path = (route as { path?: unknown } | undefined)?.path;
  return typeof path === 'string' ? path : 'none';
}

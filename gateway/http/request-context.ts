import { randomUUID } from 'node:crypto';
import type { RequestHandler } from 'express';
import type { Logger } from 'pino';
import type { HttpMetrics } from '../metrics.js';
import { setSecurityHeaders } from './security-headers.js';
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

/** Names, logs and measures every request, and sets what every answer says. Neither bodies nor tokens are ever logged. */
export function requestContext(logger: Logger, metrics: HttpMetrics): RequestHandler {
  return (req, res, next) => {
    const asked = req.get('X-Request-Id');
    req.requestId = asked !== undefined && CLIENT_REQUEST_ID.test(asked) ? asked : randomUUID();
    req.logFault = (err) => logger.error({ request_id: req.requestId, err }, 'request failed');
    res.setHeader('X-Request-Id', req.requestId);
    setSecurityHeaders(req, res);
    const startedAtMs = performance.now();
    res.on('close', () => {
      const ms = performance.now() - startedAtMs;
      const route = routeOf(req.route);
      metrics.requestEnded(req.method, route, res.statusCode, ms / 1000);
      const { method, requestId: request_id } = req;
      const subject = (req.principal as Principal | undefined)?.subject;
      logger.info({ request_id, method, route, status: res.statusCode, ms: Math.round(ms), subject }, 'request');
    });
    next();
  };
}

/** The route's pattern: ids in it would make a metric per id and put them into logs. */
function routeOf(route: unknown): string {
  const path = (route as { path?: unknown } | undefined)?.path;
  return typeof path === 'string' ? path : 'none';
}

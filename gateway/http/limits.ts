import type { NextFunction, Request, RequestHandler, Response } from 'express';
import { ipKeyGenerator, rateLimit } from 'express-rate-limit';
import { AuditError } from '../../core/index.js';

/** Requests per minute of one token's subject. */
export function limitRate(requestsPerMinute: number): RequestHandler {
  return limiter(requestsPerMinute, (req) => req.principal.subject);
}

/** Requests per minute of one address that carried no valid token. */
export function limitStrangers(requestsPerMinute: number): RequestHandler {
  return limiter(requestsPerMinute, (req) => ipKeyGenerator(req.ip ?? ''));
}

function limiter(limit: number, keyGenerator: (req: Request) => string): RequestHandler {
  return rateLimit({
    windowMs: 60_000,
    limit,
    keyGenerator,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    handler: (_req: Request, _res: Response, next: NextFunction) =>
      next(new AuditError('TOO_MANY_REQUESTS', `At most ${limit} requests a minute.`)),
  });
}

/** Turns requests away before memory grows; a request counts until its answer is sent, its client here or not. */
export function limitInFlight(most: number): RequestHandler {
  let inFlight = 0;
  return (_req, res, next) => {
    if (inFlight >= most) throw new AuditError('OVERLOADED', 'The gateway is serving as many requests as it can.');
    inFlight++;
    res.once('close', () => inFlight--);
    next();
  };
}

import type { Request, RequestHandler } from 'express';
import { ipKeyGenerator, rateLimit } from 'express-rate-limit';
import { AuditError } from '../../core/index.js';

/** Requests per minute of one token. */
export function limitRate(requestsPerMinute: number): RequestHandler {
  return limiter(requestsPerMinute, (req) => req.principal.subject, false);
}

/** Failed attempts per minute of one address: tokens cannot be guessed at speed. */
export function limitStrangers(requestsPerMinute: number): RequestHandler {
  return limiter(requestsPerMinute, (req) => ipKeyGenerator(req.ip ?? ''), true);
}

function limiter(limit: number, keyGenerator: (req: Request) => string, onlyRefused: boolean): RequestHandler {
  return rateLimit({
    windowMs: 60_000,
    limit,
    keyGenerator,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    ...(onlyRefused && { skipSuccessfulRequests: true, requestWasSuccessful: (_req, res) => res.statusCode !== 401 }),
    handler: (_req, _res, next) => next(new AuditError('TOO_MANY_REQUESTS', `At most ${limit} requests a minute.`)),
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

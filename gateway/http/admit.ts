import type { RequestHandler } from 'express';
import { ipKeyGenerator } from 'express-rate-limit';
import { AuditError } from '../../core/index.js';
import type { Services } from '../services.js';
import { findPrincipal } from './authenticate.js';
import { readBody } from './body.js';
import { BodyBudget } from './body-budget.js';
import { RateLimit } from './rate-limit.js';

/**
 * The door of `/v1`: what a request passes before its route is looked for, in this order, so that it is refused before
 * it costs anything. One function rather than a middleware for each check: Express' way from one to the next costs more
 * than most of them.
 */
export function admit({ tokens, limits }: Pick<Services, 'tokens' | 'limits'>): RequestHandler {
  const rate = new RateLimit(limits.requestsPerMinute);
  const strangers = new RateLimit(limits.strangersPerMinute);
  const bodies = new BodyBudget(limits.bodyBytesInFlight, limits.bodyBytes);
  const read = readBody(limits.bodyBytes);
  let inFlight = 0;
  const leave = () => inFlight--;
  return (req, res, next) => {
    if (inFlight >= limits.requestsInFlight)
      throw new AuditError('OVERLOADED', 'The gateway is serving as many requests as it can.');
    inFlight++;
    // A request counts until its answer is sent, its client here or not; so does its body.
    res.on('close', leave);
    const principal = findPrincipal(req, tokens);
    if (!principal) {
      strangers.count(ipKeyGenerator(req.ip ?? ''), res);
      throw new AuditError('UNAUTHENTICATED', 'Send a valid token as "Authorization: Bearer <token>".');
    }
    req.principal = principal;
    rate.count(principal.subject, res);
    const body = bodies.reserve(req);
    res.on('close', () => bodies.resize(body, 0));
    read(req, res, (error?: unknown) => {
      const bytes: unknown = req.body;
      if (Buffer.isBuffer(bytes) && !res.destroyed) bodies.resize(body, bytes.length);
      next(error);
    });
  };
}

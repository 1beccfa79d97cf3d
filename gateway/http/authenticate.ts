import type { Request, RequestHandler } from 'express';
import { AuditError } from '../../core/index.js';
import type { EventView } from '../../core/index.js';
import { EVERYBODY } from './tokens.js';
import type { Principal, Scope, TokenFile } from './tokens.js';

/** RFC 6750 section 2.1. */
const BEARER = /^Bearer +([A-Za-z0-9._~+/-]{1,512}=*) *$/i;

/** Whom the request comes from; `undefined` where it carries no valid token. */
export function findPrincipal(req: Request, tokens: TokenFile | undefined): Principal | undefined {
  if (!tokens) return EVERYBODY;
  const token = BEARER.exec(req.headers.authorization ?? '')?.[1];
  return token === undefined ? undefined : tokens.find(token);
}

export function requireScope(scope: Scope): RequestHandler {
  return (req, _res, next) => {
    if (!req.principal.scopes.has(scope))
      throw new AuditError('FORBIDDEN', `This needs a token with the scope "${scope}".`);
    next();
  };
}

/** @throws {AuditError} FORBIDDEN */
export function requireAgent(principal: Principal, agentId: string): void {
  if (!principal.mayUseAgent(agentId))
    throw new AuditError('FORBIDDEN', 'The token does not allow events of this agent.');
}

/** @throws {AuditError} FORBIDDEN unless the principal may see every agent's events, whatever they are called. */
export function requireEveryAgent(principal: Principal): void {
  if (!principal.everyAgent)
    throw new AuditError('FORBIDDEN', 'This needs a token for the events of all agents ("*").');
}

export function isReadable(principal: Principal): (view: EventView) => boolean {
  return (view) => principal.mayUseAgent(view.core.agent_id);
}

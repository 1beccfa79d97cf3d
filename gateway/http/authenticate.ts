import type { Request, RequestHandler } from 'express';
import { AuditError } from '../../core/index.js';
import type { EventView } from '../../core/index.js';
import { EVERYBODY } from './tokens.js';
import type { Principal, Scope, TokenFile } from './tokens.js';

/** RFC 6750 section 2.1. */
const BEARER = /^Bearer +([A-Za-z0-9._~+/-]{1,512}=*) *$/i;

/** Finds out whom the request comes from. */
export function authenticate(tokens: TokenFile | undefined): RequestHandler {
  return (req, _res, next) => {
    req.principal = tokens ? findPrincipal(req, tokens) : EVERYBODY;
    next();
  };
}

function findPrincipal(req: Request, tokens: TokenFile): Principal {
  const token = BEARER.exec(req.get('Authorization') ?? '')?.[1];
  const principal = token === undefined ? undefined : tokens.find(token);
  if (!principal) throw new AuditError('UNAUTHENTICATED', 'Send a valid token as "Authorization: Bearer <token>".');
  return principal;
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

export function isReadable(principal: Principal): (view: EventView) => boolean {
  return (view) => principal.mayUseAgent(view.core.agent_id);
}

import type { RequestHandler } from 'express';
import { z } from 'zod';
import { AuditError, formatSession } from '../../core/index.js';
import type { SessionRef } from '../../core/index.js';
import { writeQueryEvidence, writeSessionEvidence } from '../evidence/write-evidence.js';
import { requireEveryAgent } from '../http/authenticate.js';
import { pathId, readQuery } from '../http/query.js';
import type { Principal } from '../http/tokens.js';
import type { LedgerReader } from '../ledger/audit-ledger.js';
import type { Services } from '../services.js';
import { challenge, challengeOf, sendEvidence } from './evidence.js';
import { readSelectorQuery, restrictQuery } from './list-events.js';
import { findExtents, requireReadable } from './sessions.js';

const seq = z
  .string()
  .regex(/^[1-9]\d{0,11}$/, 'expected a sequence number')
  .transform(Number);

export const sessionEvidenceQuery = z.strictObject({
  challenge,
  from_seq: seq.default(1).meta({
    description: 'Go on where the file before ended: behind its last event.',
  }),
});

export const queryEvidenceQuery = z.strictObject({ challenge });

/** `GET /v1/sessions/{id}/evidence`: all events of one chain, as far as one file takes them. */
export function readSessionEvidence({ ledger }: Services): RequestHandler {
  return async (req, res) => {
    const query = readQuery(sessionEvidenceQuery, req);
    const session = formatSession(await findChain(ledger, pathId(req), req.principal));
    const proof = await ledger.proveSession(session, query.from_seq, challengeOf(query));
    if (!proof) throw new AuditError('LEDGER_UNAVAILABLE', 'Not all organizations hold the session yet.');
    sendEvidence(res, writeSessionEvidence(proof, ledger.network), session);
  };
}

/** `POST /v1/events/query/evidence`: which events a query finds. */
export function postQueryEvidence({ ledger }: Services): RequestHandler {
  return async (req, res) => {
    const asked = readQuery(queryEvidenceQuery, req);
    const query = restrictQuery(req.principal, readSelectorQuery(req));
    // What peers sign cannot be cut to what a token may see.
    if (query.agent_id === undefined) requireEveryAgent(req.principal);
    const proof = await ledger.proveQuery(query, challengeOf(asked));
    sendEvidence(res, writeQueryEvidence(proof, ledger.network), 'query');
  };
}

/** @throws {AuditError} NOT_FOUND, FORBIDDEN, AMBIGUOUS_ID */
async function findChain(ledger: LedgerReader, id: string, principal: Principal): Promise<SessionRef> {
  const extents = await findExtents(ledger, id);
  const readable = extents.filter(({ session }) => principal.mayUseAgent(session.agent_id));
  requireReadable(extents, readable, principal);
  const [found, ...others] = readable;
  if (found && others.length === 0) return found.session;
  const names = readable.map(({ session }) => formatSession(session)).join(', ');
  throw new AuditError('AMBIGUOUS_ID', `These chains are of that session, ask for one: ${names.slice(0, 1000)}`);
}

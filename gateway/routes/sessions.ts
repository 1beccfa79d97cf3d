import { createHash } from 'node:crypto';
import type { RequestHandler } from 'express';
import { z } from 'zod';
import { AuditError, formatSession, idPart, LIMITS, parseSession } from '../../core/index.js';
import type { Head } from '../../core/index.js';
import { requireAgent } from '../http/authenticate.js';
import { booleanFlag, cursor, limit, pathId, readQuery } from '../http/query.js';
import type { Principal } from '../http/tokens.js';
import type { LedgerReader } from '../ledger/audit-ledger.js';
import { parseOrUndefined } from '../parse-json.js';
import type { Services } from '../services.js';
import { buildDecisionPath } from '../sessions/decision-path.js';
import type { DecisionPath } from '../sessions/decision-path.js';
import { extentOf, findChains, readChain } from '../sessions/read-chains.js';
import type { ChainExtent } from '../sessions/read-chains.js';
import { toStoredEvent } from './stored-event.js';

export const listSessionsQuery = z.strictObject({
  owner: z.string().min(1).max(LIMITS.nameLength).optional(),
  agent_id: idPart.optional(),
  session_id: idPart.optional(),
  open: booleanFlag.optional(),
  order: z.enum(['asc', 'desc']).default('desc'),
  limit,
  cursor: cursor.optional(),
});

export const sessionPathQuery = z.strictObject({ limit, cursor: cursor.optional() });

/** Chains of one session that are read at most; more than any session has. */
const MAX_CHAINS = 100;

/** `GET /v1/sessions`: chains by the time of their last record. */
export function listSessions({ ledger }: Services): RequestHandler {
  return async (req, res) => {
    const query = readQuery(listSessionsQuery, req);
    const agentId = query.agent_id ?? req.principal.onlyAgent;
    if (agentId !== undefined) requireAgent(req.principal, agentId);
    const page = await ledger.querySessions({ ...query, ...(agentId !== undefined && { agent_id: agentId }) });
    const sessions = page.sessions.filter((head) => req.principal.mayUseAgent(head.agent_id));
    res.json({ ...page, sessions: sessions.map((head: Head) => ({ id: formatSession(head), ...head })) });
  };
}

/** `GET /v1/sessions/{id}`: the decision path of a session (every agent and organization in it), or of one chain. */
export function readSessionPath({ ledger, limits }: Services): RequestHandler {
  return async (req, res) => {
    const { limit: pageSize, cursor: given } = readQuery(sessionPathQuery, req);
    const id = pathId(req);
    const place = given === undefined ? undefined : readCursor(given, id);
    const found = await findExtents(ledger, id);
    const extents = place ? asOf(found, place) : found;
    const readable = extents.filter(({ session }) => req.principal.mayUseAgent(session.agent_id));
    requireReadable(extents, readable, req.principal);
    requireWithinLimit(readable, limits.eventsPerSessionPath);
    const chains = await Promise.all(readable.map((extent) => readChain(ledger, extent)));
    const path = buildDecisionPath(chains[0]?.session.session_id ?? id, chains);
    res.json(toPage(path, place ?? { id, offset: 0, counts: countsOf(extents) }, pageSize));
  };
}

/** The chains that go by a session's id, or by `owner~agent~session`. */
export async function findExtents(ledger: LedgerReader, id: string): Promise<ChainExtent[]> {
  if (id.split('~').length !== 3) return findChains(ledger, id, MAX_CHAINS);
  const heads = await ledger.readHeads([parseSession(id)]);
  return heads.flatMap((head) => (head ? [extentOf(head)] : []));
}

/** @throws {AuditError} NOT_FOUND, FORBIDDEN */
export function requireReadable(all: ChainExtent[], readable: ChainExtent[], principal: Principal): void {
  const [first] = all;
  if (!first) throw new AuditError('NOT_FOUND', 'There is no session by that id.');
  if (readable.length === 0) requireAgent(principal, first.session.agent_id);
}

function requireWithinLimit(extents: ChainExtent[], most: number): void {
  const total = extents.reduce((sum, { events }) => sum + events, 0);
  if (total > most) {
    throw new AuditError('QUERY_TOO_BROAD', `The session has ${total} events; list them with GET /v1/events instead.`);
  }
}

function toPage(path: DecisionPath, place: Place, pageSize: number) {
  const { steps, ...rest } = path;
  const end = place.offset + pageSize;
  return {
    ...rest,
    events: steps.slice(place.offset, end).map(({ view, ...relations }) => ({ ...toStoredEvent(view), ...relations })),
    ...(end < steps.length && { next_cursor: writeCursor({ ...place, offset: end }) }),
  };
}

/** The pages of one answer are pages of the session as it was at the first: so many events of each chain. */
const place = z.strictObject({
  id: z.string(),
  offset: z.number().int().min(0),
  counts: z.record(z.string(), z.number().int().min(1)),
});
type Place = z.output<typeof place>;

function countsOf(extents: readonly ChainExtent[]): Place['counts'] {
  return Object.fromEntries(extents.map((extent) => [chainTag(extent), extent.events]));
}

function asOf(extents: readonly ChainExtent[], { counts }: Place): ChainExtent[] {
  return extents.flatMap((extent) => {
    const events = counts[chainTag(extent)];
    return events === undefined ? [] : [{ ...extent, events: Math.min(events, extent.events) }];
  });
}

/** A chain's name in few characters: cursors travel in URLs. */
function chainTag({ session }: ChainExtent): string {
  return createHash('sha256').update(formatSession(session)).digest('base64url').slice(0, 12);
}

function writeCursor(value: Place): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function readCursor(text: string, id: string): Place {
  const parsed = place.safeParse(parseOrUndefined(Buffer.from(text, 'base64url').toString()));
  if (parsed.success && parsed.data.id === id) return parsed.data;
  throw new AuditError('INVALID_CURSOR', 'The cursor is not one of this session.');
}

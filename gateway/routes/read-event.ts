import type { RequestHandler } from 'express';
import { z } from 'zod';
import { AuditError, parseEventRef } from '../../core/index.js';
import type { EventView, HistoryPage } from '../../core/index.js';
import { requireAgent } from '../http/authenticate.js';
import { cursor, limit, pathId, readQuery } from '../http/query.js';
import type { Principal } from '../http/tokens.js';
import type { LedgerReader } from '../ledger/audit-ledger.js';
import type { Services } from '../services.js';
import { readOpenings } from './read-openings.js';
import { toOpenedEvent, toStoredEvent } from './stored-event.js';

export const readEventQuery = z.strictObject({ include: z.enum(['payload']).optional() });
export const historyQuery = z.strictObject({ limit, cursor: cursor.optional() });

/** `GET /v1/events/{id}` */
export function readEvent({ ledger }: Services): RequestHandler {
  return async (req, res) => {
    const { include } = readQuery(readEventQuery, req);
    const view = await findEvent(ledger, pathId(req), req.principal);
    res.json(include === 'payload' ? toOpenedEvent(view, await readOpenings(ledger, view)) : toStoredEvent(view));
  };
}

/** `GET /v1/events/{id}/history`: the recording, then what happened to the event, oldest first. */
export function readHistory({ ledger }: Services): RequestHandler {
  return async (req, res) => {
    const page = readQuery(historyQuery, req);
    const view = await findEvent(ledger, pathId(req), req.principal);
    const history: HistoryPage | null = await ledger.readHistory(view.locator, page);
    if (!history) throw notFound();
    const { recording, ...rest } = history;
    res.json({
      event_id: view.core.event_id ?? view.locator,
      ...rest,
      ...(recording && { recording: toStoredEvent(recording) }),
    });
  };
}

/** @throws {AuditError} INVALID_ID, NOT_FOUND, FORBIDDEN */
export async function findEvent(ledger: LedgerReader, id: string, principal: Principal): Promise<EventView> {
  parseEventRef(id);
  const view = await ledger.readEvent(id);
  if (!view) throw notFound();
  requireAgent(principal, view.core.agent_id);
  return view;
}

function notFound(): AuditError {
  return new AuditError('NOT_FOUND', 'There is no event by that id.');
}

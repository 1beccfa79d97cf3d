import type { Request, RequestHandler } from 'express';
import { z } from 'zod';
import {
  AuditError,
  checkSelector,
  eventQuery,
  eventType,
  idPart,
  LIMITS,
  status,
  timestamp,
} from '../../core/index.js';
import type { EventQuery, JsonObject } from '../../core/index.js';
import { isReadable, requireAgent } from '../http/authenticate.js';
import { jsonBody } from '../http/body.js';
import { cursor, decimal, limit, queryParameters } from '../http/query.js';
import type { Principal } from '../http/tokens.js';
import type { LedgerReader } from '../ledger/audit-ledger.js';
import type { Services } from '../services.js';
import { atPointer, validate } from '../validation.js';
import { storedEvent, toStoredEvent } from './stored-event.js';

const name = z.string().min(1).max(LIMITS.nameLength);
const confidence = decimal.pipe(z.number().min(0).max(1));
const order = z.enum(['asc', 'desc']);

/** Filters of `GET /v1/events`; `label.<key>` beside them. Times are half-open: from ≤ time < to. */
export const listEventsQuery = z.strictObject({
  owner: name.optional(),
  agent_id: idPart.optional(),
  session_id: idPart.optional(),
  event_type: eventType.optional(),
  tool: name.optional(),
  status: status.optional(),
  from: timestamp.optional(),
  to: timestamp.optional(),
  recorded_from: timestamp.optional(),
  recorded_to: timestamp.optional(),
  confidence_lt: confidence.optional(),
  confidence_gte: confidence.optional(),
  order: order.default('desc'),
  limit,
  cursor: cursor.optional(),
});

const SORTABLE = ['timestamp', 'recorded_at'] as const;
/** `"timestamp"`, or as Mango writes it: `[{"timestamp": "desc"}]`. */
const sort = z.union([z.string(), z.array(z.union([z.string(), z.record(z.string(), order)])).length(1)]);

/** Body of `POST /v1/events/query`: a Mango selector in the API's own field names, and what a list takes. */
export const eventSelectorQuery = eventQuery
  .omit({ by: true, order: true })
  .extend({ sort: sort.optional(), order: order.optional() })
  .meta({ id: 'EventQuery' });

export const eventPage = z
  .strictObject({
    events: z.array(storedEvent),
    next_cursor: z.string().optional(),
    index: z.string().meta({ description: 'The index that the state database was told to use.' }),
    scanned: z.boolean().meta({ description: 'Whether it had to look at more records than the index narrowed down.' }),
    records_read: z.number().int(),
  })
  .meta({ id: 'EventPage' });

/** `GET /v1/events` */
export function listEvents({ ledger }: Services): RequestHandler {
  return async (req, res) => void res.json(await queryEvents(ledger, req.principal, readListQuery(req)));
}

/** `POST /v1/events/query` */
export function postQuery({ ledger }: Services): RequestHandler {
  return async (req, res) => void res.json(await queryEvents(ledger, req.principal, readSelectorQuery(req)));
}

/** The body of a query. @throws {AuditError} INVALID_REQUEST, INVALID_QUERY, UNINDEXED_SORT */
export function readSelectorQuery(req: Request): EventQuery {
  const { sort: asked, order: askedOrder, ...rest } = validate(eventSelectorQuery, jsonBody(req), 'INVALID_REQUEST');
  const { selector } = rest;
  if (selector) atPointer('/selector', () => checkSelector(selector));
  const sorting = readSort(asked);
  return { ...rest, by: sorting.by, order: askedOrder ?? sorting.order ?? 'desc' };
}

/** A query of the one agent that a token is for, where it is for one. @throws {AuditError} FORBIDDEN */
export function restrictQuery(principal: Principal, query: EventQuery): EventQuery {
  const agentId = query.agent_id ?? principal.onlyAgent;
  if (agentId === undefined) return query;
  requireAgent(principal, agentId);
  return { ...query, agent_id: agentId };
}

async function queryEvents(ledger: LedgerReader, principal: Principal, query: EventQuery) {
  const page = await ledger.queryEvents(restrictQuery(principal, query));
  return { ...page, events: page.events.filter(isReadable(principal)).map(toStoredEvent) };
}

const LABEL = 'label.';

function readListQuery(req: Request): EventQuery {
  const given = Object.entries(queryParameters(req));
  const labels = given.filter(([key]) => key.startsWith(LABEL));
  const parameters = Object.fromEntries(given.filter(([key]) => !key.startsWith(LABEL)));
  const {
    event_type,
    tool,
    status: wanted,
    confidence_lt,
    confidence_gte,
    ...rest
  } = validate(listEventsQuery, parameters, 'INVALID_REQUEST');
  const selector: JsonObject = {
    ...(event_type !== undefined && { event_type }),
    ...(tool !== undefined && { 'tool.name': tool }),
    ...(wanted !== undefined && { status: wanted }),
    ...confidenceCondition(confidence_gte, confidence_lt),
    ...Object.fromEntries(labels.map(([key, value]) => [`labels.${key.slice(LABEL.length)}`, value])),
  };
  if (Object.keys(selector).length === 0) return { ...rest, by: 'timestamp' };
  checkSelector(selector);
  return { ...rest, by: 'timestamp', selector };
}

function confidenceCondition(gte: number | undefined, lt: number | undefined): JsonObject {
  if (gte === undefined && lt === undefined) return {};
  return { confidence: { ...(gte !== undefined && { $gte: gte }), ...(lt !== undefined && { $lt: lt }) } };
}

function readSort(asked: z.output<typeof sort> | undefined): { by: EventQuery['by']; order?: 'asc' | 'desc' } {
  const first = Array.isArray(asked) ? asked[0] : asked;
  if (first === undefined) return { by: 'timestamp' };
  const fields = typeof first === 'string' ? [[first, undefined] as const] : Object.entries(first);
  const [field, direction] = fields[0] ?? ['', undefined];
  const by = SORTABLE.find((sortable) => sortable === field);
  if (by === undefined || fields.length > 1) {
    throw AuditError.at('/sort', 'UNINDEXED_SORT', `events are sorted by ${SORTABLE.join(' or ')}`);
  }
  return { by, ...(direction && { order: direction }) };
}

import { z } from 'zod';
import {
  absenceEvidence,
  agentKey,
  eventEvidence,
  exampleEvent,
  keyRegistration,
  keyRevocation,
  postedEvent,
  queryEvidence,
  sessionEvidence,
} from '../../core/index.js';
import type { Scope } from '../http/tokens.js';
import { NDJSON } from '../http/body.js';
import { receipt } from '../intake/receipt.js';
import { sealedItem } from '../intake/draft.js';
import { agentKeyPage, agentKeysQuery } from '../routes/agent-keys.js';
import { attestationRequest } from '../routes/attest-event.js';
import { batchAnswer, submissionAnswer } from '../routes/batch-answer.js';
import { evidenceQuery } from '../routes/evidence.js';
import { eventPage, eventSelectorQuery, listEventsQuery } from '../routes/list-events.js';
import { ledgerAnswer, transactionAnswer } from '../routes/ledger.js';
import { postEventsQuery } from '../routes/post-events.js';
import { historyQuery, readEventQuery } from '../routes/read-event.js';
import { queryEvidenceQuery, sessionEvidenceQuery } from '../routes/signed-lists.js';
import { listSessionsQuery, sessionPathQuery } from '../routes/sessions.js';
import { storedEvent } from '../routes/stored-event.js';
import { streamQuery } from '../routes/stream.js';
import { PROTOBUF } from '../routes/traces.js';
import { historyAnswer, lifecycleEntry, sessionPage, sessionPath } from './answers.js';
import { WITNESS_OPERATIONS } from './witness-operations.js';

interface Answer {
  description: string;
  schema?: z.ZodType;
  /** `application/json` unless it says otherwise. */
  type?: string;
}

interface Body {
  schema: z.ZodType;
  /** What a reader can send as it stands. */
  example?: unknown;
}

/** One operation of the API, with the schemas that its route validates with. */
export interface Operation {
  id: string;
  method: 'get' | 'post';
  path: string;
  summary: string;
  scope?: Scope;
  query?: z.ZodObject;
  headers?: Record<string, string>;
  /** By media type. */
  body?: Record<string, Body>;
  answers: Record<number, Answer>;
}

const oneEvent = z.union([postedEvent, sealedItem]);
const batch = z.strictObject({ events: z.array(oneEvent).min(1) }).meta({ id: 'Batch' });
const recorded = receipt.extend({ status: z.enum(['recorded', 'duplicate']) }).meta({ id: 'Recorded' });
const text = z.string();

export const OPERATIONS: readonly Operation[] = [
  {
    id: 'postEvents',
    method: 'post',
    path: '/v1/events',
    summary: 'Record one event, or a batch',
    scope: 'write',
    query: postEventsQuery,
    headers: {
      'Idempotency-Key': 'Makes a post without an own event_id safe to repeat; one key, one content.',
      Prefer: '`respond-async` (RFC 7240): answer when the events are on disk here, before they are recorded.',
    },
    body: {
      'application/json': { schema: z.union([oneEvent, batch]), example: exampleEvent },
      [NDJSON]: { schema: oneEvent, example: JSON.stringify(exampleEvent) },
    },
    answers: {
      201: { description: 'Recorded; Location names the event', schema: recorded },
      200: {
        description: 'One event: it was there already. A batch: what became of each event',
        schema: z.union([recorded, batchAnswer]),
      },
      202: { description: 'On disk at the gateway; Location names the submission', schema: submissionAnswer },
    },
  },
  {
    id: 'postTraces',
    method: 'post',
    path: '/v1/traces',
    summary: 'Record spans of OpenTelemetry (OTLP over HTTP), each as an event',
    scope: 'write',
    body: { [PROTOBUF]: { schema: z.unknown() }, 'application/json': { schema: z.unknown() } },
    answers: { 200: { description: 'ExportTraceServiceResponse, with partial_success', schema: z.unknown() } },
  },
  {
    id: 'listEvents',
    method: 'get',
    path: '/v1/events',
    summary: 'List events by what they are (also label.<key>=<value>); times are half-open',
    scope: 'read',
    query: listEventsQuery,
    answers: { 200: { description: 'One page of events', schema: eventPage } },
  },
  {
    id: 'queryEvents',
    method: 'post',
    path: '/v1/events/query',
    summary: 'List events by a Mango selector',
    scope: 'read',
    body: {
      'application/json': {
        schema: eventSelectorQuery,
        example: { selector: { agent_id: 'support-bot', confidence: { $lt: 0.95 } }, limit: 10 },
      },
    },
    answers: { 200: { description: 'One page of events', schema: eventPage } },
  },
  {
    id: 'readEvent',
    method: 'get',
    path: '/v1/events/{id}',
    summary: 'Read an event by its locator, own id, or owner~own id',
    scope: 'read',
    query: readEventQuery,
    answers: { 200: { description: 'The event', schema: storedEvent } },
  },
  {
    id: 'readHistory',
    method: 'get',
    path: '/v1/events/{id}/history',
    summary: 'The history of an event: its recording, then what was said of it',
    scope: 'read',
    query: historyQuery,
    answers: { 200: { description: 'One page of the history, oldest first', schema: historyAnswer } },
  },
  {
    id: 'readEvidence',
    method: 'get',
    path: '/v1/events/{id}/evidence',
    summary: "An event as several organizations' peers sign it, for `npm run verify` (docs/evidence.md)",
    scope: 'read',
    query: evidenceQuery,
    answers: {
      200: {
        description: 'A file of evidence: of the event, or with absence=true that there is none',
        schema: z.union([eventEvidence, absenceEvidence]),
      },
    },
  },
  {
    id: 'readSessionEvidence',
    method: 'get',
    path: '/v1/sessions/{id}/evidence',
    summary: 'All events of one chain so far, signed like the evidence of an event',
    scope: 'read',
    query: sessionEvidenceQuery,
    answers: { 200: { description: 'A file of evidence', schema: sessionEvidence } },
  },
  {
    id: 'queryEvidence',
    method: 'post',
    path: '/v1/events/query/evidence',
    summary: 'Which events a Mango selector finds, signed like the evidence of an event',
    scope: 'read',
    query: queryEvidenceQuery,
    body: {
      'application/json': {
        schema: eventSelectorQuery,
        example: { selector: { agent_id: 'support-bot', confidence: { $lt: 0.95 } }, limit: 10 },
      },
    },
    answers: { 200: { description: 'A file of evidence', schema: queryEvidence } },
  },
  {
    id: 'attestEvent',
    method: 'post',
    path: '/v1/events/{id}/attestations',
    summary: "Say something about an event under this organization's identity",
    scope: 'attest',
    body: {
      'application/json': { schema: attestationRequest, example: { kind: 'confirmed', reason: 'The refund was due.' } },
    },
    answers: { 201: { description: 'Part of the history of the event from now on', schema: lifecycleEntry } },
  },
  {
    id: 'registerKey',
    method: 'post',
    path: '/v1/agents/{agent_id}/keys',
    summary: "Register an agent's public key, by which the contract checks its signatures (docs/api.md)",
    scope: 'write',
    body: { 'application/json': { schema: keyRegistration } },
    answers: {
      201: { description: 'Registered', schema: agentKey },
      200: { description: 'It was registered already, and with the same', schema: agentKey },
    },
  },
  {
    id: 'listKeys',
    method: 'get',
    path: '/v1/agents/{agent_id}/keys',
    summary: 'The keys that an agent has and had, by their ids',
    scope: 'read',
    query: agentKeysQuery,
    answers: { 200: { description: 'One page of keys', schema: agentKeyPage } },
  },
  {
    id: 'revokeKey',
    method: 'post',
    path: '/v1/agents/{agent_id}/keys/{key_id}/revoke',
    summary: 'Refuse what the key signs from now on; what is recorded stays',
    scope: 'write',
    body: { 'application/json': { schema: keyRevocation, example: { reason: 'The machine was replaced.' } } },
    answers: { 200: { description: 'The key with its revocation', schema: agentKey } },
  },
  {
    id: 'listSessions',
    method: 'get',
    path: '/v1/sessions',
    summary: 'List sessions by the time of their last record',
    scope: 'read',
    query: listSessionsQuery,
    answers: { 200: { description: 'One page of sessions', schema: sessionPage } },
  },
  {
    id: 'readSessionPath',
    method: 'get',
    path: '/v1/sessions/{id}',
    summary: 'The decision path of a session (all agents and organizations), or of one chain by owner~agent~session',
    scope: 'read',
    query: sessionPathQuery,
    answers: { 200: { description: 'The session, and one page of its events in order', schema: sessionPath } },
  },
  {
    id: 'readSubmission',
    method: 'get',
    path: '/v1/submissions/{id}',
    summary: 'What became of what this token posted with `Prefer: respond-async`',
    scope: 'write',
    answers: { 200: { description: 'One result for each event, in their order', schema: submissionAnswer } },
  },
  {
    id: 'readTransaction',
    method: 'get',
    path: '/v1/transactions/{id}',
    summary: 'What the ledger holds of a transaction',
    scope: 'read',
    answers: { 200: { description: 'The transaction', schema: transactionAnswer } },
  },
  ...WITNESS_OPERATIONS,
  {
    id: 'readLedger',
    method: 'get',
    path: '/v1/ledger',
    summary: 'Which network this is, and where it stands',
    scope: 'read',
    answers: { 200: { description: 'The ledger', schema: ledgerAnswer } },
  },
  {
    id: 'streamEvents',
    method: 'get',
    path: '/v1/stream',
    summary: 'Server-sent events of what commits; each `data` is a StoredEvent',
    scope: 'read',
    query: streamQuery,
    headers: { 'Last-Event-ID': 'Resume behind this event.' },
    answers: { 200: { description: 'A stream that does not end', schema: text, type: 'text/event-stream' } },
  },
  {
    id: 'health',
    method: 'get',
    path: '/healthz',
    summary: 'Whether the gateway runs',
    answers: { 200: { description: 'It runs', schema: z.strictObject({ status: text }) } },
  },
  {
    id: 'readiness',
    method: 'get',
    path: '/readyz',
    summary:
      'Whether the gateway reaches the ledger and what is posted can be recorded, as far as earlier posts have shown',
    answers: {
      200: { description: 'It does', schema: z.strictObject({ status: text }) },
      503: { description: 'It does not', schema: z.strictObject({ status: text }) },
    },
  },
  {
    id: 'metrics',
    method: 'get',
    path: '/metrics',
    summary: 'Metrics for Prometheus',
    answers: { 200: { description: 'Text exposition format', schema: text, type: 'text/plain' } },
  },
];

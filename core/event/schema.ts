import { z } from 'zod';
import type { JsonValue } from '../json/value.js';
import { agentSignature } from '../keys/signature.js';
import { LIMITS } from '../limits.js';
import { utf8Length } from '../text.js';
import { isTimestamp } from '../time.js';

/**
 * What a client posts: the one source of the event's types, validation and OpenAPI description.
 * Names follow OpenTelemetry GenAI where it has one.
 */

/** The event types of this schema version; organizations add their own as `namespace.name`. */
export const EVENT_TYPES = [
  'tool_call',
  'reasoning_step',
  'final_decision',
  'policy_violation',
  'session_start',
  'session_end',
  'user_message',
  'agent_message',
  'model_call',
  'guardrail_check',
  'human_review',
  'handoff',
  'error',
] as const;

const OWN_EVENT_TYPE = /^[A-Za-z][A-Za-z0-9_-]*(\.[A-Za-z][A-Za-z0-9_-]*)+$/;
/** Not written where it is used: the chaincode package's compiler would have it made anew each time. */
const CONTROL = /\p{Cc}/u;
/** Safe in a URL's path as it stands, never a locator (no `~`), never a dot segment. */
const OWN_EVENT_ID = /^[A-Za-z0-9][A-Za-z0-9._:@-]{0,127}$/;

const name = z.string().min(1).max(LIMITS.nameLength);
const count = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
const hex = (bytes: number) =>
  z.string().regex(new RegExp(`^[0-9a-f]{${bytes * 2}}$`), `${bytes} bytes in lower-case hex`);

export const timestamp = z
  .string()
  .refine(isTimestamp, 'expected an RFC 3339 date and time with its offset, e.g. 2026-11-24T09:30:00Z')
  .meta({ format: 'date-time' });

/** `agent_id` and `session_id` become parts of ledger keys: bounded in bytes, free of control characters. */
export const idPart = z
  .string()
  .min(1)
  .refine((text) => text.isWellFormed(), 'expected well-formed Unicode')
  .refine((text) => utf8Length(text) <= LIMITS.idPartBytes, `expected at most ${LIMITS.idPartBytes} bytes of UTF-8`)
  .refine((text) => !CONTROL.test(text), 'expected no control characters');

export const ownEventId = z.string().regex(OWN_EVENT_ID, 'expected letters, digits and . _ : @ - (at most 128)');
/** An own id of the asking organization, `owner~own id`, or a locator: see core/ids. */
export const eventRef = z.string().min(1).max(2048);

export const eventType = z.union([
  z.enum(EVENT_TYPES),
  z.string().max(LIMITS.nameLength).regex(OWN_EVENT_TYPE, 'expected a type of the schema or namespace.name'),
]);
export const phase = z.enum(['intent', 'outcome', 'complete']);
export const status = z.enum(['ok', 'error', 'denied', 'timeout', 'cancelled']);

const tool = z.union([
  name.transform((text) => ({ name: text })),
  z.strictObject({ name, call_id: name.optional(), version: name.optional() }),
]);
const committed = z.custom<JsonValue>((value) => value !== undefined);

/** What every committed value is kept beside: everything that is public to the channel. */
const publicFields = {
  event_id: ownEventId.optional(),
  event_type: eventType,
  phase: phase.default('complete'),
  timestamp,
  started_at: timestamp.optional(),
  agent_id: idPart,
  agent_version: name.optional(),
  agent_instance_id: name.optional(),
  session_id: idPart,
  task_id: name.optional(),
  parent_event_id: eventRef.optional(),
  intent_event_id: eventRef.optional(),
  links: z
    .array(z.strictObject({ event_id: eventRef, rel: name }))
    .max(LIMITS.links)
    .optional(),
  trace_id: hex(16).optional(),
  span_id: hex(8).optional(),
  tool: tool.optional(),
  action: name.optional(),
  status: status.optional(),
  attempt: z.number().int().min(1).max(1_000_000).optional(),
  target: z.strictObject({ agent_id: idPart }).optional(),
  confidence: z.number().min(0).max(1).optional(),
  confidence_source: name.optional(),
  decision: name.optional(),
  outcome: name.optional(),
  policy: z.strictObject({ id: name, version_hash: name.optional(), rule_id: name.optional() }).optional(),
  approver_id: name.optional(),
  model: z.strictObject({ provider: name.optional(), name, version: name.optional() }).optional(),
  usage: z
    .strictObject({
      input_tokens: count.optional(),
      output_tokens: count.optional(),
      cost: z.strictObject({ amount: z.number().min(0), currency: z.string().regex(/^[A-Z]{3}$/) }).optional(),
    })
    .optional(),
  finish_reason: name.optional(),
  actor: z.strictObject({ type: name, id_ref: name }).optional(),
  origin: z
    .strictObject({
      service: name.optional(),
      environment: name.optional(),
      region: name.optional(),
      host: name.optional(),
    })
    .optional(),
  subject_ref: name.optional(),
  data_classification: name.optional(),
  residency_region: name.optional(),
  retention_until: timestamp.optional(),
  labels: z
    .record(z.string().regex(/^[A-Za-z][A-Za-z0-9_-]{0,62}$/), z.string().max(LIMITS.nameLength))
    .refine((labels) => Object.keys(labels).length <= LIMITS.labels, `expected at most ${LIMITS.labels} labels`)
    .optional(),
  source: z
    .strictObject({
      format: name,
      position: name.optional(),
      derived: z.array(z.string().max(LIMITS.nameLength)).max(128).optional(),
    })
    .optional(),
};

/** An event as a client may post it. */
export const exampleEvent = {
  event_type: 'tool_call',
  agent_id: 'support-bot',
  session_id: 'demo-1',
  timestamp: '2026-01-15T09:30:00Z',
  tool: 'refund',
  input: { order: 'A-17' },
  output: { refunded: true },
  confidence: 0.93,
};

/** An event as a client posts it (*plain*: the gateway seals it). */
export const postedEvent = z
  .strictObject({
    ...publicFields,
    error: z.strictObject({ type: name, message: committed.optional() }).optional(),
    input: committed.optional(),
    output: committed.optional(),
    reasoning_chain: committed.optional(),
    logprobs: committed.optional(),
    metadata: committed.optional(),
    context: committed.optional(),
  })
  .meta({ id: 'Event', examples: [exampleEvent] });
export type PostedEvent = z.output<typeof postedEvent>;
export type PostedEventInput = z.input<typeof postedEvent>;

export const commitment = z.strictObject({ sha256: hex(32), size_bytes: count });
export type Commitment = z.output<typeof commitment>;

/** The values that are committed to rather than published. `error.message` is the only nested one. */
export const COMMITTED_FIELDS = [
  'context',
  'error.message',
  'input',
  'logprobs',
  'metadata',
  'output',
  'reasoning_chain',
] as const;
export type CommittedField = (typeof COMMITTED_FIELDS)[number];

/** The event's core as it stands on the channel: everything in it is hashed, nothing in it is ever erased. */
export const eventCore = z
  .strictObject({
    schema_version: z.literal(1),
    owner: name,
    seq: z.number().int().min(1).max(999_999_999_999),
    prev_hash: hex(32),
    ...publicFields,
    phase,
    tool: z.strictObject({ name, call_id: name.optional(), version: name.optional() }).optional(),
    error: z.strictObject({ type: name }).optional(),
    commitments: z.partialRecord(z.enum(COMMITTED_FIELDS), commitment),
  })
  .meta({ id: 'EventCore' });
export type EventCore = z.output<typeof eventCore>;

/** What opens a commitment: the salt (16 random bytes in hex) and the value. */
export const opening = z.strictObject({ salt: hex(16), value: committed });
export type Opening = z.output<typeof opening>;
export const openings = z.partialRecord(z.enum(COMMITTED_FIELDS), opening);
export type Openings = z.output<typeof openings>;

/** An event with its place in the chain decided: what goes to the contract, and what an agent that seals sends. */
export const sealedEvent = z
  .strictObject({ core: eventCore, hash: hex(32), openings, signature: agentSignature.optional() })
  .meta({ id: 'SealedEvent' });
export type SealedEvent = z.output<typeof sealedEvent>;

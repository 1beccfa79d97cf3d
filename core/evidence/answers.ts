import { z } from 'zod';
import { challengeText, resolvedEventQuery } from '../contract/queries.js';
import { eventCore } from '../event/schema.js';
import { agentKey } from '../keys/agent-key.js';
import { agentSignature } from '../keys/signature.js';
import { LIMITS } from '../limits.js';
import { hash, name } from './parts.js';

/** What peers answer and sign (core/contract/views), as a file repeats it in clear. */

const locator = z.string().max(4096);
const seq = z.number().int().min(1);
const recorder = z.strictObject({ msp_id: name, certificate_sha256: hash });

const lifecycleEntry = z.strictObject({
  kind: z.enum(['confirmed', 'disputed', 'reviewed']),
  recorded_at: name,
  recorded_by: recorder,
  tx_id: hash,
  reason: z.string().max(1024).optional(),
  evidence_sha256: hash.optional(),
  submitted_by: name.optional(),
});

const storedEvent = z.strictObject({
  hash,
  core: eventCore,
  signature: agentSignature.optional(),
  submitted_by: name.optional(),
});

/** What a recording transaction says of all its events. */
const recording = z.strictObject({
  recorded_at: name,
  recorded_by: recorder,
  tx_id: hash,
  payload: z.enum(['collection', 'none']),
});

/** Of `ProveEvent`. */
export const eventAnswer = z.strictObject({
  challenge: challengeText,
  event: z.strictObject({ locator, ...storedEvent.shape, ...recording.shape }),
  record_first_seq: seq,
  agent_key: agentKey.optional(),
  entries: z.array(lifecycleEntry).max(LIMITS.entriesPerProof),
  entries_complete: z.boolean(),
});
export type EventAnswer = z.output<typeof eventAnswer>;

const recordedEvents = z.strictObject({
  first_seq: seq,
  ...recording.shape,
  events: z.array(storedEvent).min(1).max(LIMITS.eventsPerRecord),
});
export type RecordedEvents = z.output<typeof recordedEvents>;

const head = z.strictObject({
  owner: name,
  agent_id: name,
  session_id: name,
  seq,
  hash,
  open: z.boolean(),
  from: name,
  to: name,
  first_recorded_at: name,
  last_recorded_at: name,
});

/** Of `ProveSession`. */
export const sessionAnswer = z.strictObject({
  challenge: challengeText,
  session: locator,
  from_seq: seq,
  records: z.array(recordedEvents).min(1).max(LIMITS.recordsPerProof),
  head,
  agent_keys: z.array(agentKey).min(1).max(LIMITS.keysPerProof).optional(),
  entries: z.array(lifecycleEntry.extend({ seq })).max(LIMITS.entriesPerPage),
  entries_complete: z.boolean(),
});
export type SessionAnswer = z.output<typeof sessionAnswer>;

/** Of `ProveAbsence`. */
export const absenceAnswer = z.strictObject({
  challenge: challengeText,
  reference: locator,
  head: head.nullable().optional(),
});
export type AbsenceAnswer = z.output<typeof absenceAnswer>;

/** Of `ProveQuery`. */
export const queryAnswer = z.strictObject({
  challenge: challengeText,
  query: resolvedEventQuery,
  hits: z.array(z.strictObject({ locator, hash, record_first_seq: seq })).max(LIMITS.eventsPerPage),
  next_cursor: z.string().min(1).max(4096).optional(),
});
export type QueryAnswer = z.output<typeof queryAnswer>;

/** Of `GetChainInfo`, a BlockchainInfo. */
export const chainInfoAnswer = z.strictObject({
  height: z.number().int().min(1),
  block_hash: hash,
  previous_block_hash: hash,
});
export type ChainInfoAnswer = z.output<typeof chainInfoAnswer>;

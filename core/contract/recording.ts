import { z } from 'zod';
import { sealedEvent } from '../event/schema.js';
import { LIMITS } from '../limits.js';
import type { Fault } from '../errors.js';

/** The arguments and answers of the contract's writing transactions. */

const subject = z.string().min(1).max(LIMITS.nameLength);

/** One event on its way to the ledger; `submitted_by` is the subject of the token that posted it. */
export const submission = sealedEvent.extend({ submitted_by: subject.optional() });
export type Submission = z.output<typeof submission>;

/** Consecutive events of one session, in order. */
export const recordGroup = z.strictObject({
  agent_id: z.string(),
  session_id: z.string(),
  events: z.array(submission).min(1).max(LIMITS.eventsPerRequest),
});
export type RecordGroup = z.output<typeof recordGroup>;

export const recordBatch = z.strictObject({
  v: z.literal(1),
  groups: z.array(recordGroup).min(1).max(LIMITS.eventsPerRequest),
});
export type RecordBatch = z.output<typeof recordBatch>;

/** `atomic`: one refusal refuses the whole batch (the transaction then fails with that fault). */
export const recordOptions = z.strictObject({ atomic: z.boolean() });
export type RecordOptions = z.output<typeof recordOptions>;

/**
 * What became of one event. A recorded one is at the place that it came with; for a duplicate or a conflict `locator`
 * names the one that was there before. A group is recorded whole or not at all: beside a refused event the others of
 * its group come back `refused` with GROUP_NOT_RECORDED, unless they were duplicates.
 */
export type Outcome =
  | { status: 'recorded' }
  | { status: 'duplicate'; locator: string; compared: 'hash' | 'content' | 'core' }
  | { status: 'conflict'; locator: string; fault: Fault }
  | { status: 'refused'; fault: Fault };

/**
 * Outcomes of a group's events in their order. One word where all of them were recorded: the answer is endorsed, sent
 * and kept in the block, and a line for each event was a tenth of a block.
 */
export type GroupOutcome = 'recorded' | Outcome[];

/** Outcomes in the order of the batch's groups. */
export interface RecordAnswer {
  recorded_at: string;
  outcomes: GroupOutcome[];
}

/** @returns nothing where the answer has none for it */
export function outcomeOf(group: GroupOutcome | undefined, position: number): Outcome | undefined {
  return group === 'recorded' ? { status: 'recorded' } : group?.[position];
}

/** Payload of the chaincode event: which records a transaction wrote. */
export interface RecordedNotice {
  v: 1;
  records: { owner: string; agent_id: string; session_id: string; first_seq: number; count: number }[];
}

/** Payload of the chaincode event of an attestation. */
export interface AttestedNotice {
  v: 1;
  locator: string;
  kind: Attestation['kind'];
  by: string;
}

/** What an organization says about an event, under its own identity; never editable. */
export const attestation = z
  .strictObject({
    kind: z.enum(['confirmed', 'disputed', 'reviewed']),
    reason: z.string().max(1024).optional(),
    evidence_sha256: z
      .string()
      .regex(/^[0-9a-f]{64}$/, '32 bytes in lower-case hex')
      .optional(),
    submitted_by: subject.optional(),
  })
  .meta({ id: 'Attestation' });
export type Attestation = z.output<typeof attestation>;

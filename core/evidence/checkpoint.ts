import { z } from 'zod';
import { challengeText } from '../contract/queries.js';
import { timestamp } from '../event/schema.js';
import { LIMITS } from '../limits.js';
import { chainInfoAnswer } from './answers.js';
import { identity, signedAnswer } from './format.js';

/**
 * How high the ledger was and which hash its last block had, signed by peers and observed by one organization
 * (docs/checkpoints.md). What stands here in clear repeats what is signed.
 */
export const CHECKPOINT_FORMAT = 'agent-audit-checkpoint';
export const CHECKPOINT_VERSION = 1;

const name = z.string().min(1).max(LIMITS.nameLength);

export const checkpoint = z
  .strictObject({
    format: z.literal(CHECKPOINT_FORMAT),
    version: z.literal(CHECKPOINT_VERSION),
    channel: name,
    /** By the observer's own clock, to the second; peers refuse to sign what is more than 15 minutes from theirs. */
    observed_at: timestamp,
    observed_by: name,
    challenge: challengeText,
    answer: chainInfoAnswer,
    signed: signedAnswer,
    identities: z.array(identity).min(1).max(100),
  })
  .meta({ id: 'Checkpoint' });

/** As it is written: bytes are base64. */
export type CheckpointFile = z.input<typeof checkpoint>;
/** As it is read: bytes are bytes. */
export type Checkpoint = z.output<typeof checkpoint>;

import { z } from 'zod';
import { LIMITS } from '../limits.js';
import { base64Bytes, hash } from './parts.js';

/**
 * The block that holds an event's record, for those entitled to all of it (docs/evidence.md, "The full form"). Its own
 * data hash and the previous hashes of all headers are left out: a verifier computes them.
 */
export const blockProof = z.strictObject({
  number: z.number().int().min(1),
  previous_hash: hash,
  /** Every transaction of the block, in order: the data hash is over all of them. */
  envelopes: z.array(base64Bytes).min(1).max(100_000),
  /** Which of them recorded the event, counted from 0. */
  transaction: z.number().int().min(0),
  /** The orderers' signatures: the block's metadata entry SIGNATURES. */
  signatures: base64Bytes,
  /** Data hashes of the blocks behind it, up to the highest checkpoint. */
  headers: z.array(hash).max(LIMITS.headersPerProof),
  /** What stands in the envelopes besides the event: transactions, and events whose cores can be read. */
  discloses: z.strictObject({ transactions: z.number().int().min(0), events: z.number().int().min(0) }),
});
export type BlockProof = z.output<typeof blockProof>;

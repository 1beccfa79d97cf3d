import { z } from 'zod';
import type { Recorder } from './views.js';

/** What an organization found in a range of blocks that it has verified by itself; both ends belong to the range. */
export const blockRange = z
  .strictObject({
    from_block: z.number().int().min(0),
    to_block: z.number().int().min(0),
    /** Of `to_block`, in hex: with it everything before is pinned. */
    block_hash: z.string().regex(/^[0-9a-f]{64}$/, 'expected 32 bytes in lower-case hex'),
    /** Codes of what does not hold (docs/checkpoints.md); empty if all is well. */
    found: z.array(z.string().regex(/^[A-Z_]{1,64}$/)).max(16),
  })
  .refine((range) => range.from_block <= range.to_block, { path: ['to_block'], message: 'it lies before from_block' });
export type BlockRange = z.output<typeof blockRange>;

/** The last range that an organization attested, under its own identity. */
export interface BlockAttestation extends BlockRange {
  recorded_at: string;
  recorded_by: Recorder;
  tx_id: string;
}

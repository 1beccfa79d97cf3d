import { z } from 'zod';
import { challengeText, LIMITS } from '../../core/index.js';
import { LIST } from './files.js';
import { filter, MOST_RECEIPTS } from './filter.js';

const count = z.number().int().min(0);

/** What an export is, for whoever checks it (docs/evidence.md, "A population"). */
export const manifestFile = z.strictObject({
  format: z.literal('agent-audit-export'),
  version: z.literal(1),
  filter,
  challenge: challengeText,
  list: z.literal(LIST),
  rows: count,
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  /** Signed answers, in order: `pages/000001.evidence.json` and so on. */
  pages: z.number().int().min(1).max(1_000_000),
  /** Of the first and the last of them. */
  heights: z.tuple([count, count]),
  sample: z.strictObject({
    size: count.max(MOST_RECEIPTS),
    seed: z.string().max(LIMITS.eventBytes),
    receipts: z.array(z.strictObject({ locator: z.string(), file: z.string() })).max(MOST_RECEIPTS),
  }),
});
export type Manifest = z.output<typeof manifestFile>;

import { z } from 'zod';
import { idPart, timestamp } from '../../core/index.js';

/** Which events are exported. */
export const filter = z.strictObject({
  owner: z.string().min(1).optional(),
  agent_id: idPart.optional(),
  session_id: idPart.optional(),
  from: timestamp.optional(),
  to: timestamp.optional(),
  recorded_from: timestamp.optional(),
  recorded_to: timestamp.optional(),
});
export type Filter = z.output<typeof filter>;

export const MOST_RECEIPTS = 10_000;

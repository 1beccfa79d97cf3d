import { z } from 'zod';
import { formatLocator } from '../../core/index.js';
import type { EventCore } from '../../core/index.js';

/** What a client gets for a recorded event. */
export const receipt = z
  .strictObject({
    event_id: z.string().meta({ description: "The caller's own id, else the locator." }),
    locator: z.string().meta({ description: 'owner~agent~session~seq: names the event on the ledger.' }),
    owner: z.string(),
    hash: z.string(),
    seq: z.number().int(),
    tx_id: z.string(),
    block_number: z.number().int(),
    recorded_at: z.string(),
    endorsed_by: z.array(z.string()).meta({
      description: 'Organizations whose endorsement signatures this gateway verified up to their roots.',
    }),
  })
  .meta({ id: 'Receipt' });
export type Receipt = z.output<typeof receipt>;

/** Where and by whom a transaction was committed. */
export interface CommitProof {
  txId: string;
  blockNumber: number;
  recordedAt: string;
  endorsedBy: string[];
}

export function createReceipt(event: { core: EventCore; hash: string }, proof: CommitProof): Receipt {
  const { core, hash } = event;
  const locator = formatLocator(core);
  return {
    event_id: core.event_id ?? locator,
    locator,
    owner: core.owner,
    hash,
    seq: core.seq,
    tx_id: proof.txId,
    block_number: proof.blockNumber,
    recorded_at: proof.recordedAt,
    endorsed_by: proof.endorsedBy,
  };
}

import { z } from 'zod';
import { agentSignature, eventCore, postedEvent, restorePosted } from '../../core/index.js';
import type { CommittedField, EventView, Openings } from '../../core/index.js';

/** An event as the API shows it: as it was posted, and what the ledger says about it. */
export const storedEvent = z
  .strictObject({
    event_id: z.string().meta({ description: "The caller's own id, else the locator." }),
    locator: z.string(),
    owner: z.string(),
    seq: z.number().int(),
    hash: z.string(),
    prev_hash: z.string(),
    signature: agentSignature.optional().meta({ description: "By one of the agent's keys, over the hash." }),
    recorded_at: z.string(),
    recorded_by: z.strictObject({ msp_id: z.string(), certificate_sha256: z.string() }),
    submitted_by: z.string().optional(),
    tx_id: z.string(),
    payload: z
      .enum(['collection', 'none'])
      .meta({ description: 'Where the committed values are, if they are anywhere.' }),
    commitments: eventCore.shape.commitments,
    event: postedEvent.meta({ description: 'As it was posted; committed values only with include=payload.' }),
    proof: z
      .strictObject({ core: eventCore, salts: z.record(z.string(), z.string()) })
      .optional()
      .meta({ description: 'With include=payload: what the hash is over, and the salts that open the commitments.' }),
  })
  .meta({ id: 'StoredEvent' });
export type StoredEvent = z.output<typeof storedEvent>;

export function toStoredEvent(view: EventView): StoredEvent {
  return describe(view, {});
}

/** With the committed values and what checks them; after an erasure the values are absent. */
export function toOpenedEvent(view: EventView, openings: Openings | null): StoredEvent {
  const opened = openings ?? {};
  const salts = Object.fromEntries(
    (Object.keys(opened) as CommittedField[]).map((field) => [field, opened[field]?.salt ?? '']),
  );
  return { ...describe(view, opened), proof: { core: view.core, salts } };
}

function describe(view: EventView, openings: Openings): StoredEvent {
  const { core, locator, hash, signature, recorded_at, recorded_by, submitted_by, tx_id, payload } = view;
  return {
    event_id: core.event_id ?? locator,
    locator,
    owner: core.owner,
    seq: core.seq,
    hash,
    prev_hash: core.prev_hash,
    ...(signature && { signature }),
    recorded_at,
    recorded_by,
    ...(submitted_by !== undefined && { submitted_by }),
    tx_id,
    payload,
    commitments: core.commitments,
    event: restorePosted(core, openings),
  };
}

import type { RequestHandler } from 'express';
import { z } from 'zod';
import type { BlockAttestation } from '../../core/index.js';
import type { Services } from '../services.js';

const count = z.number().int();
const text = z.string();
const hash = z.string();

export const verificationAnswer = z
  .strictObject({
    msp_id: text.meta({ description: 'The organization of this gateway.' }),
    status: z.enum(['verifying', 'waiting', 'halted', 'off']).meta({
      description: "halted: the own peer's chain is not the one that was verified; waiting: the peer does not answer.",
    }),
    ledger_height: count,
    verified_height: count.meta({ description: 'Number of blocks that this organization has verified by itself.' }),
    verified_at: text.optional(),
    orderers_checked: z.boolean().meta({ description: 'Whether a root of the orderers is configured.' }),
    alarms: z.strictObject({
      count,
      recent: z.array(
        z.strictObject({
          raised_at: text,
          code: text,
          title: text,
          block: count.optional(),
          detail: text,
          evidence: z.array(hash).meta({ description: 'SHA-256 of the checkpoints that contradict.' }),
        }),
      ),
    }),
    organizations: z.array(
      z.strictObject({
        msp_id: text,
        attested: z
          .strictObject({
            from_block: count,
            to_block: count,
            block_hash: hash,
            found: z.array(text).meta({ description: 'Codes of what does not hold; empty if all is well.' }),
            recorded_at: text,
            tx_id: hash,
            agrees: z.boolean().optional().meta({
              description: "Whether the block's hash is that of this organization's own verified chain.",
            }),
          })
          .optional()
          .meta({ description: 'The last range of blocks that the organization attested on the ledger.' }),
        checkpoint: z
          .strictObject({ height: count, observed_at: text, sha256: hash })
          .optional()
          .meta({ description: 'The last checkpoint that this gateway has of it.' }),
      }),
    ),
    partners: z.array(
      z.strictObject({ url: text, asked_at: text.optional(), received: count.optional(), error: text.optional() }),
    ),
  })
  .meta({ id: 'Verification' });

const RECENT_ALARMS = 100;

/** `GET /v1/verification`: up to where each organization has verified the ledger, and what was found. */
export function readVerification({ ledger, witness }: Services): RequestHandler {
  return async (_req, res) => {
    const [info, attestations] = await Promise.all([ledger.readChainInfo(), ledger.readBlockAttestations()]);
    const { chain, alarms, verification, checkpoints, partners } = witness;
    const latest = checkpoints.latest();
    const answer: z.output<typeof verificationAnswer> = {
      msp_id: ledger.network.mspId,
      status: verification?.status ?? 'off',
      ledger_height: info.height,
      verified_height: chain.height,
      ...(verification?.verifiedAt !== undefined && { verified_at: verification.verifiedAt }),
      orderers_checked: ledger.roots().orderers.size > 0,
      alarms: { count: alarms.count(), recent: alarms.list(RECENT_ALARMS) },
      organizations: ledger.network.organizations.map((mspId) => {
        const attestation = attestations.find(({ recorded_by: by }) => by.msp_id === mspId);
        const checkpoint = latest.find(({ observed_by: by }) => by === mspId);
        return {
          msp_id: mspId,
          ...(attestation && { attested: describe(attestation, chain.hashOf(attestation.to_block)) }),
          ...(checkpoint && {
            checkpoint: {
              height: checkpoint.height,
              observed_at: checkpoint.observed_at,
              sha256: checkpoint.sha256,
            },
          }),
        };
      }),
      partners: partners.states,
    };
    res.json(answer);
  };
}

function describe({ recorded_by: _by, ...attestation }: BlockAttestation, own: string | undefined) {
  return { ...attestation, ...(own !== undefined && { agrees: own === attestation.block_hash }) };
}

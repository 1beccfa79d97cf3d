import { randomBytes } from 'node:crypto';
import type { RequestHandler } from 'express';
import { z } from 'zod';
import { AuditError, challengeText } from '../../core/index.js';
import type { SignedProof } from '../evidence/signed-reads.js';
import { writeEvidence } from '../evidence/write-evidence.js';
import { pathId, readQuery } from '../http/query.js';
import { requireEveryAgent } from '../http/authenticate.js';
import type { LedgerReader } from '../ledger/audit-ledger.js';
import type { Services } from '../services.js';
import { findEvent } from './read-event.js';

export const evidenceQuery = z.strictObject({
  challenge: challengeText
    .optional()
    .meta({ description: "The asker's own, so that the answers cannot be older than the question." }),
  include: z.enum(['payload']).optional(),
  form: z.enum(['receipt', 'full']).default('receipt').meta({
    description: '`full` adds the block, and with it what others wrote in it: for tokens for all agents.',
  }),
});

/** `GET /v1/events/{id}/evidence`: a file that `npm run verify` checks offline. */
export function readEvidence({ ledger }: Services): RequestHandler {
  return async (req, res) => {
    const query = readQuery(evidenceQuery, req);
    if (query.form === 'full') requireEveryAgent(req.principal);
    const view = await findEvent(ledger, pathId(req), req.principal);
    const proof = await ledger.proveEvent(view.locator, query.challenge ?? randomBytes(16).toString('hex'));
    if (!proof) throw new AuditError('NOT_FOUND', 'There is no event by that id.');
    const openings = query.include === 'payload' ? await ledger.readPayload(view.locator) : null;
    const block = query.form === 'full' ? await readBlock(ledger, view.tx_id, proof) : undefined;
    const file = writeEvidence(proof, ledger.network, { openings, block });
    res.attachment(`${fileName(view.locator)}.evidence.json`).json(file);
  };
}

function readBlock(ledger: LedgerReader, txId: string, { checkpoints }: SignedProof) {
  return ledger.readBlockProof(txId, Math.max(...checkpoints.map(({ answer }) => answer.height)));
}

/** A locator holds nothing but letters, digits and `. _ - = ~`. */
function fileName(locator: string): string {
  return locator.slice(-128);
}

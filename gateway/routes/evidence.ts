import { randomBytes } from 'node:crypto';
import type { RequestHandler, Response } from 'express';
import { z } from 'zod';
import { AuditError, challengeText, formatOwnId, parseEventRef } from '../../core/index.js';
import type { EventProof, EvidenceFile } from '../../core/index.js';
import type { SignedProof } from '../evidence/signed-reads.js';
import { writeAbsenceEvidence, writeEventEvidence } from '../evidence/write-evidence.js';
import { requireAgent, requireEveryAgent } from '../http/authenticate.js';
import { booleanFlag, pathId, readQuery } from '../http/query.js';
import type { Principal } from '../http/tokens.js';
import type { AuditLedger, LedgerReader } from '../ledger/audit-ledger.js';
import type { Services } from '../services.js';
import { findEvent } from './read-event.js';
import { readOpenings } from './read-openings.js';

export const challenge = challengeText
  .optional()
  .meta({ description: "The asker's own, so that the answers cannot be older than the question." });

export const evidenceQuery = z.strictObject({
  challenge,
  include: z.enum(['payload']).optional(),
  form: z.enum(['receipt', 'full']).default('receipt').meta({
    description: '`full` adds the block, and with it what others wrote in it: for tokens for all agents.',
  }),
  absence: booleanFlag.default(false).meta({
    description: 'Where there is no such event: the signed answer that there is none, in place of a 404.',
  }),
});
type EvidenceQuery = z.output<typeof evidenceQuery>;

/** `GET /v1/events/{id}/evidence`: a file that `npm run verify` checks offline. */
export function readEvidence({ ledger }: Services): RequestHandler {
  return async (req, res) => {
    const query = readQuery(evidenceQuery, req);
    const id = pathId(req);
    if (query.form === 'full') requireEveryAgent(req.principal);
    const file = await proveEvent(ledger, id, query, req.principal).catch((error: unknown) => {
      const isUnknown = error instanceof AuditError && error.code === 'NOT_FOUND';
      if (!isUnknown || !query.absence) throw error;
      return proveAbsence(ledger, id, query, req.principal);
    });
    sendEvidence(res, file, id);
  };
}

/** A name of letters, digits and `. _ - = ~`, whatever the id is made of. */
export function sendEvidence(res: Response, file: EvidenceFile, id: string): void {
  res.attachment(`${id.replace(/[^\w.=~-]/g, '_').slice(-128)}.evidence.json`).json(file);
}

/** What was asked with, or what nobody can have asked with before. */
export function challengeOf({ challenge: given }: { challenge?: string | undefined }): string {
  return given ?? randomBytes(16).toString('hex');
}

async function proveEvent(ledger: AuditLedger, id: string, query: EvidenceQuery, principal: Principal) {
  const view = await findEvent(ledger, id, principal);
  const proof = await ledger.proveEvent(view.locator, challengeOf(query));
  if (!proof) throw new AuditError('LEDGER_UNAVAILABLE', 'Not all organizations hold the event yet.');
  const openings = query.include === 'payload' ? await readOpenings(ledger, view) : null;
  const block = query.form === 'full' ? await readBlock(ledger, view.tx_id, proof) : undefined;
  return writeEventEvidence(proof, ledger.network, { openings, block });
}

async function proveAbsence(ledger: AuditLedger, id: string, query: EvidenceQuery, principal: Principal) {
  const ref = parseEventRef(id);
  if (ref.kind === 'locator') requireAgent(principal, ref.locator.agent_id);
  const reference = ref.kind === 'own' ? formatOwnId(ref.owner ?? ledger.network.mspId, ref.eventId) : id;
  const proof = await ledger.proveAbsence(reference, challengeOf(query));
  if (!proof) throw new AuditError('LEDGER_UNAVAILABLE', 'Other organizations hold the event already.');
  return writeAbsenceEvidence(proof, ledger.network);
}

function readBlock(ledger: LedgerReader, txId: string, { checkpoints }: SignedProof<EventProof>) {
  return ledger.readBlockProof(txId, Math.max(...checkpoints.map(({ answer }) => answer.height)));
}

import { AuditError } from '../../core/index.js';
import type { BlockAttestation, BlockRange } from '../../core/index.js';
import type { AuditContext } from '../context.js';
import type { BlockAttestationDocument } from '../state/documents.js';

/**
 * Puts on the ledger which blocks the asking organization has verified. Each range begins behind the one before, so that
 * nothing that was attested can be attested otherwise; what was said before stays in the history of the key.
 * @throws {AuditError} INVALID_REQUEST
 */
export async function attestBlocks(ctx: AuditContext, range: BlockRange): Promise<BlockAttestation> {
  const previous = await ctx.state.blockAttestation(ctx.mspId);
  if (previous && range.from_block <= previous.to_block) {
    throw new AuditError('INVALID_REQUEST', `blocks up to ${previous.to_block} are attested already`);
  }
  const attestation: BlockAttestation = {
    ...range,
    recorded_at: ctx.recordedAt,
    recorded_by: ctx.recorder,
    tx_id: ctx.stub.getTxID(),
  };
  ctx.state.putBlockAttestation(ctx.mspId, { doc_type: 'block_attestation', v: 1, ...attestation });
  return attestation;
}

/** The last range of each organization that has attested any, in the order of their MSP ids. */
export async function readBlockAttestations(ctx: AuditContext): Promise<BlockAttestation[]> {
  const attestations: BlockAttestation[] = [];
  for await (const document of ctx.state.blockAttestations()) attestations.push(toAttestation(document));
  return attestations;
}

function toAttestation({
  doc_type: _docType,
  v: _version,
  ...attestation
}: BlockAttestationDocument): BlockAttestation {
  return attestation;
}

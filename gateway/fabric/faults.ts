import { status } from '@grpc/grpc-js';
import { GatewayError } from '@hyperledger/fabric-gateway';
import { z } from 'zod';
import { AuditError, isErrorCode } from '../../core/index.js';
import { parseOrUndefined } from '../parse-json.js';

/** A peer wraps the message of a contract's error in these words. */
const CHAINCODE_RESPONSE = /chaincode response \d+, (\{.*\})/s;

const fault = z.object({
  code: z.string().refine(isErrorCode),
  detail: z.string(),
  errors: z.array(z.object({ pointer: z.string(), detail: z.string() })).optional(),
});

/**
 * What a failed evaluation or endorsement means. The one place that reads a peer's error messages.
 * Anything that is not the contract's own fault is the network's: nothing was written in either case.
 */
export function toAuditError(error: unknown): AuditError {
  if (error instanceof AuditError) return error;
  if (!(error instanceof GatewayError)) return new AuditError('INTERNAL', 'The ledger client failed.');
  return contractFault(error) ?? networkFault(error);
}

function contractFault(error: GatewayError): AuditError | undefined {
  for (const message of [...error.details.map((detail) => detail.message), error.message]) {
    const json = CHAINCODE_RESPONSE.exec(message)?.[1];
    const parsed = json === undefined ? undefined : fault.safeParse(parseOrUndefined(json));
    if (parsed?.success) return new AuditError(parsed.data.code, parsed.data.detail, parsed.data.errors);
  }
  return undefined;
}

/** How a peer says that the peers it asked gave different answers: each is at a height of its own. */
const DISAGREEMENT = 'ProposalResponsePayloads do not match';

/** Whether peers simulated the same proposal with different results, as those do of which one is behind, and nothing else failed. */
export function peersDisagree(error: unknown): boolean {
  if (!(error instanceof GatewayError) || error.details.length === 0) return false;
  return error.details.every(({ message }) => message.includes(DISAGREEMENT));
}

/** gRPC codes of a peer that cannot be reached or does not answer in time. */
export const UNREACHABLE: readonly number[] = [
  status.UNAVAILABLE,
  status.DEADLINE_EXCEEDED,
  status.CANCELLED,
  status.RESOURCE_EXHAUSTED,
];

function networkFault({ code }: GatewayError): AuditError {
  if (UNREACHABLE.includes(code)) return new AuditError('LEDGER_UNAVAILABLE', 'The peer did not answer.');
  return new AuditError('ENDORSEMENT_FAILED', 'The peers refused the proposal.');
}

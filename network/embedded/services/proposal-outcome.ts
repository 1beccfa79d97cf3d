import { status } from '@grpc/grpc-js';
import type { CheckedProposal, Endorser, SimulatedProposal } from '../endorser/endorser.js';
import { ProposalRefusedError } from '../endorser/proposal-checks.js';
import type { Proposal } from '../endorser/proposal.js';

/** What became of a proposal at one endorser; failures with the status and words that Fabric's gateway gives them. */
export type ProposalOutcome =
  { ok: true; proposal: CheckedProposal; simulated: SimulatedProposal } | { ok: false; code: status; message: string };

/** Checks and simulates a proposal at an endorser. */
export async function tryProposal(endorser: Endorser, unchecked: Proposal): Promise<ProposalOutcome> {
  try {
    const proposal = endorser.check(unchecked);
    const simulated = await endorser.simulate(proposal);
    const responseStatus = simulated.response.getStatus();
    if (responseStatus >= 200 && responseStatus < 400) return { ok: true, proposal, simulated };
    const message = `chaincode response ${responseStatus}, ${simulated.response.getMessage()}`;
    return { ok: false, code: status.UNKNOWN, message };
  } catch (error) {
    const code = error instanceof ProposalRefusedError ? status.FAILED_PRECONDITION : status.ABORTED;
    return { ok: false, code, message: error instanceof Error ? error.message : 'failed' };
  }
}

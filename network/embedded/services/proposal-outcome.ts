import { status } from '@grpc/grpc-js';
import type { CheckedProposal, Endorser, SimulatedProposal } from '../endorser/endorser.js';
import { ProposalRefusedError } from '../endorser/proposal-checks.js';
import type { Proposal } from '../endorser/proposal.js';

/** What became of a proposal at one endorser; failures with the status and words that Fabric's gateway gives them. */
export type ProposalOutcome<Simulated> =
  { ok: true; proposal: CheckedProposal; simulated: Simulated } | { ok: false; code: status; message: string };

/** Checks a proposal at an endorser, and has it simulated or evaluated there. */
export async function tryProposal<Simulated extends Pick<SimulatedProposal, 'response'>>(
  endorser: Endorser,
  unchecked: Proposal,
  run: (proposal: CheckedProposal) => Promise<Simulated>,
): Promise<ProposalOutcome<Simulated>> {
  try {
    const proposal = endorser.check(unchecked);
    const simulated = await run(proposal);
    const responseStatus = simulated.response.getStatus();
    if (responseStatus >= 200 && responseStatus < 400) return { ok: true, proposal, simulated };
    const message = `chaincode response ${responseStatus}, ${simulated.response.getMessage()}`;
    return { ok: false, code: status.UNKNOWN, message };
  } catch (error) {
    const code = error instanceof ProposalRefusedError ? status.FAILED_PRECONDITION : status.ABORTED;
    return { ok: false, code, message: error instanceof Error ? error.message : 'failed' };
  }
}

import { status } from '@grpc/grpc-js';
import { gateway } from '@hyperledger/fabric-protos';
import type { Endorser } from '../endorser/endorser.js';
import type { Proposal } from '../endorser/proposal.js';
import { hasChaincode } from './endorsement-plan.js';
import { faultOf, type GatewayDependencies } from './gateway-dependencies.js';
import { tryProposal } from './proposal-outcome.js';
import { readProposal } from './read-proposal.js';
import { RpcError } from './rpc-error.js';

/** Gateway.Evaluate: one endorser simulates, nothing is recorded. */
export async function evaluate(
  deps: GatewayDependencies,
  request: gateway.EvaluateRequest,
): Promise<gateway.EvaluateResponse> {
  const proposal = readProposal(request.getProposedTransaction());
  const endorser = chooseEndorser(deps, proposal, request.getTargetOrganizationsList());
  const outcome = await tryProposal(endorser, proposal, (checked) => endorser.evaluate(checked));
  if (!outcome.ok) {
    const failed = outcome.code === status.ABORTED;
    throw new RpcError(
      outcome.code,
      failed
        ? 'failed to evaluate transaction, see attached details for more info'
        : `evaluate call to endorser returned error: ${outcome.message}`,
      [faultOf(endorser, outcome.message)],
    );
  }
  const response = new gateway.EvaluateResponse();
  response.setResult(outcome.simulated.response);
  return response;
}

function chooseEndorser(
  { channel, endorsers, local }: GatewayDependencies,
  proposal: Proposal,
  targets: string[],
): Endorser {
  if (proposal.channelId !== channel.channelId && proposal.channelId !== '') {
    throw new RpcError(status.UNAVAILABLE, `failed to get config for channel [${proposal.channelId.slice(0, 128)}]`);
  }
  const allowed = targets.length === 0 && proposal.hasTransientData ? [local.mspId] : targets;
  const candidates = allowed.length === 0 ? endorsers : endorsers.filter(({ mspId }) => allowed.includes(mspId));
  const [endorser] = candidates;
  if (!endorser || !hasChaincode(channel, proposal.chaincodeName)) {
    throw new RpcError(
      status.FAILED_PRECONDITION,
      `no peers available to evaluate chaincode ${proposal.chaincodeName} in channel ${proposal.channelId}`,
    );
  }
  return endorser;
}

import { status } from '@grpc/grpc-js';
import { gateway } from '@hyperledger/fabric-protos';
import type { CheckedProposal, Endorser, SimulatedProposal } from '../endorser/endorser.js';
import type { Proposal } from '../endorser/proposal.js';
import { prepareTransaction } from '../wire/prepare-transaction.js';
import { hasChaincode, namedEndorsers, trustedEndorsers } from './endorsement-plan.js';
import { faultOf, type GatewayDependencies } from './gateway-dependencies.js';
import { tryProposal } from './proposal-outcome.js';
import { readProposal } from './read-proposal.js';
import { RpcError, type EndpointFault } from './rpc-error.js';

interface FirstEndorsement {
  proposal: CheckedProposal;
  simulated: SimulatedProposal;
}

/** Gateway.Endorse: the prepared transaction with the endorsements of several organizations. */
export async function endorse(
  deps: GatewayDependencies,
  request: gateway.EndorseRequest,
): Promise<gateway.EndorseResponse> {
  const unchecked = readProposal(request.getProposedTransaction());
  const named = chosenByClient(deps, unchecked, request.getEndorsingOrganizationsList());
  const first = named?.[0] ?? deps.local;
  const simulation = await simulateFirst(first, unchecked, named !== undefined);
  const { proposal, simulated } = simulation;
  const others = (
    named ?? trustedEndorsers(deps.channel, deps.endorsers, proposal.hasTransientData ? simulated.collections : [])
  ).filter((endorser) => endorser !== first);
  if (deps.simulate === 'each') await simulateAtOthers(others, unchecked, simulated.payload);
  deps.channel.transientStore.put(proposal.txId, simulated.privateWrites);
  const endorsements = [first, ...others].map((endorser) => endorser.endorse(simulated.payload));
  const response = new gateway.EndorseResponse();
  response.setPreparedTransaction(prepareTransaction(proposal, simulated.payload, endorsements));
  return response;
}

/** The endorsers that the client names; `undefined` where it leaves the choice to the gateway. */
function chosenByClient(
  { channel, endorsers }: GatewayDependencies,
  { chaincodeName }: Proposal,
  mspIds: string[],
): Endorser[] | undefined {
  const known = hasChaincode(channel, chaincodeName);
  if (mspIds.length > 0) return namedEndorsers(endorsers, mspIds, known);
  if (known) return undefined;
  throw new RpcError(
    status.FAILED_PRECONDITION,
    'no combination of peers can be derived which satisfy the endorsement policy: required chaincodes are not installed on sufficient peers',
  );
}

async function simulateFirst(endorser: Endorser, proposal: Proposal, isNamed: boolean): Promise<FirstEndorsement> {
  const outcome = await tryProposal(endorser, proposal, (checked) => endorser.simulate(checked));
  if (outcome.ok) return outcome;
  const what = isNamed ? 'failed to collect enough transaction endorsements' : 'failed to endorse transaction';
  throw new RpcError(status.ABORTED, `${what}, see attached details for more info`, [
    faultOf(endorser, outcome.message),
  ]);
}

/** One after the other: the same chaincode serves them all. */
async function simulateAtOthers(
  endorsers: readonly Endorser[],
  proposal: Proposal,
  payload: Uint8Array,
): Promise<void> {
  const faults: EndpointFault[] = [];
  for (const endorser of endorsers) {
    const outcome = await tryProposal(endorser, proposal, (checked) => endorser.simulate(checked));
    if (!outcome.ok) {
      faults.push(faultOf(endorser, outcome.message));
    } else if (Buffer.compare(outcome.simulated.payload, payload) !== 0) {
      faults.push(faultOf(endorser, 'ProposalResponsePayloads do not match'));
    }
  }
  if (faults.length === 0) return;
  throw new RpcError(
    status.ABORTED,
    'failed to collect enough transaction endorsements, see attached details for more info',
    faults,
  );
}

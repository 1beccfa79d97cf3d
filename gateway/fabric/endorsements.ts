import type { peer } from '@hyperledger/fabric-protos';
import type { Members } from './members.js';

/** Node OU by which Fabric's MSPs tell peers from clients. */
const PEER_UNIT = 'peer';

/**
 * MSP ids, sorted, of those whose endorsement of the action verifies; the signature covers payload ‖ endorser. By this
 * gateway's own roots: a receipt names an organization only if a certificate of one of its peers, which chains up to the
 * root configured for it, signed the transaction's answer.
 */
export function endorsersOf(action: peer.ChaincodeEndorsedAction, members: Members): string[] {
  const payload = action.getProposalResponsePayload_asU8();
  const verified = new Set<string>();
  for (const endorsement of action.getEndorsementsList()) {
    const endorser = endorsement.getEndorser_asU8();
    const member = members.identify(endorser);
    if (!member?.units.includes(PEER_UNIT)) continue;
    if (members.isSignedBy(member, [payload, endorser], endorsement.getSignature_asU8())) verified.add(member.mspId);
  }
  return [...verified].sort();
}

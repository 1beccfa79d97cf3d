import type { peer } from '@hyperledger/fabric-protos';
import { isSignedBy, Members } from './members.js';

/** Node OU by which Fabric's MSPs tell peers from clients. */
const PEER_UNIT = 'peer';

/**
 * Verifies endorsement signatures with this gateway's own roots: a receipt names an organization only if a certificate
 * of one of its peers, which chains up to the root configured for it, signed the transaction's answer.
 */
export class EndorsementVerifier {
  readonly #members: Members;

  /** @param roots PEM certificates by MSP id. */
  constructor(roots: ReadonlyMap<string, string>) {
    this.#members = new Members(roots);
  }

  /** MSP ids, sorted, of those whose endorsement of the action verifies; the signature covers payload ‖ endorser. */
  endorsersOf(action: peer.ChaincodeEndorsedAction): string[] {
    const payload = action.getProposalResponsePayload_asU8();
    const verified = new Set<string>();
    for (const endorsement of action.getEndorsementsList()) {
      const endorser = endorsement.getEndorser_asU8();
      const member = this.#members.identify(endorser);
      if (!member?.units.includes(PEER_UNIT)) continue;
      if (isSignedBy(member, [payload, endorser], endorsement.getSignature_asU8())) verified.add(member.mspId);
    }
    return [...verified].sort();
  }
}

import { status, type UntypedServiceImplementation } from '@grpc/grpc-js';
import type { peer } from '@hyperledger/fabric-protos';
import type { Endorser } from '../endorser/endorser.js';
import { ProposalRefusedError } from '../endorser/proposal-checks.js';
import { unary } from './call.js';
import { RpcError } from './rpc-error.js';

/** protos.Endorser, as the `peer` program and other clients of single peers use it. */
export function endorserService(endorser: Endorser, log: (line: string) => void): UntypedServiceImplementation {
  return {
    processProposal: unary<peer.SignedProposal, peer.ProposalResponse>(log, async (signed) => {
      try {
        return await endorser.processProposal(signed);
      } catch (error) {
        if (error instanceof ProposalRefusedError) throw new RpcError(status.UNKNOWN, error.message);
        throw error;
      }
    }),
  };
}

import { status } from '@grpc/grpc-js';
import type { peer } from '@hyperledger/fabric-protos';
import { unpackProposal, type Proposal } from '../endorser/proposal.js';
import { RpcError } from './rpc-error.js';

/** What a gateway must know of a proposal to pass it on. @throws {RpcError} INVALID_ARGUMENT */
export function readProposal(signed: peer.SignedProposal | undefined): Proposal {
  let proposal: Proposal;
  try {
    proposal = unpackProposal(signed);
  } catch (error) {
    throw invalid(error instanceof Error ? error.message : 'malformed');
  }
  if (proposal.channelId === '') throw invalid('no channel id provided');
  return proposal;
}

function invalid(reason: string): RpcError {
  return new RpcError(status.INVALID_ARGUMENT, `failed to unpack transaction proposal: ${reason}`);
}

import { status } from '@grpc/grpc-js';
import { gateway } from '@hyperledger/fabric-protos';
import { FeedClosedError } from '../committer/commit-feed.js';
import type { GatewayDependencies } from './gateway-dependencies.js';
import { RpcError } from './rpc-error.js';
import { checkRequestSignature } from './request-signature.js';

/** Gateway.Submit: resolves when the orderer has taken the transaction, not when it is committed. */
export function submit({ orderer }: GatewayDependencies, request: gateway.SubmitRequest): gateway.SubmitResponse {
  const envelope = request.getPreparedTransaction();
  if (!envelope) throw new RpcError(status.INVALID_ARGUMENT, 'a prepared transaction is required');
  if (envelope.getSignature_asU8().length === 0) {
    throw new RpcError(status.INVALID_ARGUMENT, 'prepared transaction must be signed');
  }
  const answer = orderer.broadcast(envelope.serializeBinary());
  if (answer.status === 'SUCCESS') return new gateway.SubmitResponse();
  if (answer.status === 'SERVICE_UNAVAILABLE') {
    const details = [{ address: 'orderer', mspId: orderer.mspId, message: answer.info }];
    throw new RpcError(status.UNAVAILABLE, 'no orderers could successfully process transaction', details);
  }
  throw new RpcError(
    status.ABORTED,
    `received unsuccessful response from orderer: status=${answer.status}, info=${answer.info}`,
  );
}

/** Gateway.CommitStatus: waits for the commit, as long as the client does. */
export async function commitStatus(
  { channel, feed }: GatewayDependencies,
  signedRequest: gateway.SignedCommitStatusRequest,
  signal: AbortSignal,
): Promise<gateway.CommitStatusResponse> {
  const request = parseRequest(signedRequest);
  const txId = request.getTransactionId();
  if (request.getIdentity_asU8().length === 0) throw new RpcError(status.INVALID_ARGUMENT, 'no identity provided');
  if (request.getChannelId() === '') throw new RpcError(status.INVALID_ARGUMENT, 'no channel ID provided');
  if (txId === '') throw new RpcError(status.INVALID_ARGUMENT, 'transaction ID should not be empty');
  checkRequestSignature(
    channel,
    { channelId: request.getChannelId(), creator: request.getIdentity_asU8() },
    signedRequest,
  );
  try {
    const { code, blockNum } = await feed.transaction(txId, signal);
    const response = new gateway.CommitStatusResponse();
    response.setResult(code);
    response.setBlockNumber(Number(blockNum));
    return response;
  } catch (error) {
    if (error instanceof FeedClosedError) throw new RpcError(status.UNAVAILABLE, error.message);
    throw error;
  }
}

function parseRequest(signedRequest: gateway.SignedCommitStatusRequest): gateway.CommitStatusRequest {
  const bytes = signedRequest.getRequest_asU8();
  if (bytes.length === 0) throw new RpcError(status.INVALID_ARGUMENT, 'a commit status request is required');
  try {
    return gateway.CommitStatusRequest.deserializeBinary(bytes);
  } catch {
    throw new RpcError(status.INVALID_ARGUMENT, 'invalid status request: malformed');
  }
}

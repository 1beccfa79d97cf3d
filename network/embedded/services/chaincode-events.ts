import { status, type ServerWritableStream } from '@grpc/grpc-js';
import { common, gateway, orderer, peer } from '@hyperledger/fabric-protos';
import { FeedClosedError } from '../committer/commit-feed.js';
import { ValidationCode, type CommittedBlock } from '../ledger/types.js';
import { blockEnvelopes } from '../wire/block.js';
import { parseEnvelope, parseTransaction } from '../wire/transaction.js';
import { CancelledError, cancellation, send } from './call.js';
import type { GatewayDependencies } from './gateway-dependencies.js';
import { checkRequestSignature } from './request-signature.js';
import { RpcError } from './rpc-error.js';

type EventStream = ServerWritableStream<gateway.SignedChaincodeEventsRequest, gateway.ChaincodeEventsResponse>;

/** Gateway.ChaincodeEvents: events of valid transactions, block by block, from a position on and then live. */
export function chaincodeEvents(deps: GatewayDependencies, stream: EventStream): void {
  const signal = cancellation(stream);
  streamEvents(deps, stream, signal).catch((error: unknown) => {
    if (error instanceof CancelledError) return;
    stream.emit(
      'error',
      error instanceof FeedClosedError
        ? new RpcError(status.UNAVAILABLE, error.message)
        : RpcError.from(error, deps.log),
    );
  });
}

async function streamEvents(
  { channel, feed }: GatewayDependencies,
  stream: EventStream,
  signal: AbortSignal,
): Promise<void> {
  const request = parseRequest(stream.request);
  checkRequestSignature(
    channel,
    { channelId: request.getChannelId(), creator: request.getIdentity_asU8() },
    stream.request,
  );
  const afterTxId = request.getAfterTransactionId();
  const after = afterTxId === '' ? undefined : channel.ledger.transaction(afterTxId);
  let passed = afterTxId === '';
  for (
    let blockNum = after?.blockNum ?? startBlock(channel.ledger.chainInfo().height, request.getStartPosition());
    ;
    blockNum++
  ) {
    const events: peer.ChaincodeEvent[] = [];
    for (const event of eventsOf(await feed.block(blockNum, signal))) {
      if (passed && event.getChaincodeId() === request.getChaincodeId()) events.push(event);
      passed ||= event.getTxId() === afterTxId;
    }
    if (events.length === 0) continue;
    const response = new gateway.ChaincodeEventsResponse();
    response.setBlockNumber(Number(blockNum));
    response.setEventsList(events);
    await send(stream, response, signal);
  }
}

/** Chaincode events of a block's valid transactions, in order. */
function* eventsOf({ bytes, codes }: CommittedBlock): IterableIterator<peer.ChaincodeEvent> {
  for (const [txNum, envelope] of blockEnvelopes(bytes).entries()) {
    if (codes[txNum] !== ValidationCode.VALID) continue;
    const { headerType, data } = parseEnvelope(envelope);
    if (headerType !== common.HeaderType.ENDORSER_TRANSACTION) continue;
    const { event } = parseTransaction(data);
    if (event.length > 0) yield peer.ChaincodeEvent.deserializeBinary(event);
  }
}

function parseRequest(signedRequest: gateway.SignedChaincodeEventsRequest): gateway.ChaincodeEventsRequest {
  const bytes = signedRequest.getRequest_asU8();
  if (bytes.length === 0) throw new RpcError(status.INVALID_ARGUMENT, 'a chaincode events request is required');
  try {
    return gateway.ChaincodeEventsRequest.deserializeBinary(bytes);
  } catch {
    throw new RpcError(status.INVALID_ARGUMENT, 'invalid chaincode events request: malformed');
  }
}

function startBlock(height: bigint, position: orderer.SeekPosition | undefined): bigint {
  const { TypeCase } = orderer.SeekPosition;
  switch (position?.getTypeCase() ?? TypeCase.TYPE_NOT_SET) {
    case TypeCase.SPECIFIED:
      return BigInt(position?.getSpecified()?.getNumber() ?? 0);
    case TypeCase.NEXT_COMMIT:
    case TypeCase.TYPE_NOT_SET:
      return height;
    default:
      throw new RpcError(status.INVALID_ARGUMENT, 'invalid start position type');
  }
}

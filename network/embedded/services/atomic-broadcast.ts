import type { ServerDuplexStream, UntypedServiceImplementation } from '@grpc/grpc-js';
import { common, orderer } from '@hyperledger/fabric-protos';
import type { BroadcastAnswer, Orderer } from '../orderer/orderer.js';
import { ordererDeliver, type BlockSource } from './deliver.js';

/** orderer.AtomicBroadcast, for clients that submit to the orderer themselves. */
export function atomicBroadcastService(source: BlockSource, ordering: Orderer): UntypedServiceImplementation {
  return {
    broadcast: (stream: ServerDuplexStream<common.Envelope, orderer.BroadcastResponse>) => {
      stream.on('data', (envelope: common.Envelope) => {
        const answer = ordering.broadcast(envelope.serializeBinary());
        stream.write(broadcastResponse(answer));
        if (answer.status !== 'SUCCESS') stream.end();
      });
      stream.on('end', () => stream.end());
      stream.on('error', () => undefined);
    },
    deliver: ordererDeliver(source),
  };
}

function broadcastResponse(answer: BroadcastAnswer): orderer.BroadcastResponse {
  const response = new orderer.BroadcastResponse();
  response.setStatus(common.Status[answer.status]);
  if (answer.status !== 'SUCCESS') response.setInfo(answer.info);
  return response;
}

import type { ClientDuplexStream, ServerDuplexStream } from '@grpc/grpc-js';
import type { peer } from '@hyperledger/fabric-protos';
import type { ChaincodeStream } from './chaincode-connection.js';

type Duplex =
  | ClientDuplexStream<peer.ChaincodeMessage, peer.ChaincodeMessage>
  | ServerDuplexStream<peer.ChaincodeMessage, peer.ChaincodeMessage>;

/** A chaincode stream over gRPC, whoever of the two has dialled. */
export function grpcChaincodeStream(stream: Duplex): ChaincodeStream {
  return {
    send: (message) => {
      if (stream.writable) stream.write(message);
    },
    onMessage: (listener) => {
      stream.on('data', listener);
    },
    onEnd: (listener) => {
      stream.on('end', () => {
        stream.end();
        listener('chaincode ended its stream');
      });
      stream.on('error', () => listener('the stream to the chaincode broke'));
      stream.on('cancelled', () => listener('chaincode has gone'));
    },
    close: () => {
      stream.end();
      if ('cancel' in stream) stream.cancel();
    },
  };
}

import { credentials } from '@grpc/grpc-js';
import { peer } from '@hyperledger/fabric-protos';
import type { ChaincodeStream } from './chaincode-connection.js';
import { grpcChaincodeStream } from './grpc-chaincode-stream.js';

/** Largest message to or from chaincode (Fabric's own default). */
export const CHAINCODE_MESSAGE_BYTES = 100 * 1_048_576;

/** Dials chaincode that runs as a service of its own. */
export function dialChaincode(address: string): ChaincodeStream {
  const client = new peer.ChaincodeClient(address, credentials.createInsecure(), {
    'grpc.max_receive_message_length': CHAINCODE_MESSAGE_BYTES,
    'grpc.max_send_message_length': CHAINCODE_MESSAGE_BYTES,
  });
  const stream = grpcChaincodeStream(client.connect());
  stream.onEnd(() => client.close());
  return stream;
}

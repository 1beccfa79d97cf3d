import type { ServerDuplexStream, UntypedServiceImplementation } from '@grpc/grpc-js';
import type { peer } from '@hyperledger/fabric-protos';
import type { ChaincodeSupport } from '../chaincode-host/chaincode-support.js';
import { grpcChaincodeStream } from '../chaincode-host/grpc-chaincode-stream.js';

/** protos.ChaincodeSupport, for chaincode that dials its peer. */
export function chaincodeSupportService(support: ChaincodeSupport): UntypedServiceImplementation {
  return {
    register: (stream: ServerDuplexStream<peer.ChaincodeMessage, peer.ChaincodeMessage>) => {
      support.accept(grpcChaincodeStream(stream)).catch(() => stream.end());
    },
  };
}

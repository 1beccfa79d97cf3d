import { Metadata, status, type ServiceError } from '@grpc/grpc-js';
import { gateway, google } from '@hyperledger/fabric-protos';
import anyPb from 'google-protobuf/google/protobuf/any_pb.js';

/** What one endpoint said, as the client's `GatewayError.details` shows it. */
export interface EndpointFault {
  address: string;
  mspId: string;
  message: string;
}

/** An error that goes to the client as a gRPC status, with details as Fabric's gateway attaches them. */
export class RpcError extends Error implements ServiceError {
  override readonly name = 'RpcError';
  readonly details: string;
  readonly metadata = new Metadata();

  constructor(
    readonly code: status,
    message: string,
    readonly faults: readonly EndpointFault[] = [],
  ) {
    super(message);
    this.details = message;
    if (faults.length > 0)
      this.metadata.set('grpc-status-details-bin', Buffer.from(statusDetails(code, message, faults)));
  }

  /** What a call fails with. A fault of ours is told to the log only. */
  static from(error: unknown, log: (line: string) => void): RpcError {
    if (error instanceof RpcError) return error;
    log(`a call failed: ${error instanceof Error ? (error.stack ?? error.message) : 'for an unknown reason'}`);
    return new RpcError(status.INTERNAL, 'the peer failed');
  }
}

function statusDetails(code: status, message: string, faults: readonly EndpointFault[]): Uint8Array {
  const details = new google.rpc.Status();
  details.setCode(code);
  details.setMessage(message);
  details.setDetailsList(
    faults.map((fault) => {
      const detail = new gateway.ErrorDetail();
      detail.setAddress(fault.address);
      detail.setMspId(fault.mspId);
      detail.setMessage(fault.message);
      const any = new anyPb.Any();
      any.pack(detail.serializeBinary(), 'gateway.ErrorDetail');
      return any;
    }),
  );
  return details.serializeBinary();
}

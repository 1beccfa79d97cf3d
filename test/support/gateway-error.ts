import { Metadata } from '@grpc/grpc-js';
import type { ServiceError, status } from '@grpc/grpc-js';
import { GatewayError } from '@hyperledger/fabric-gateway';

/** What a peer's gateway answers when it could not have a proposal endorsed, with a message of each peer. */
export function gatewayError(code: status, ...messages: string[]): GatewayError {
  const cause: ServiceError = Object.assign(new Error('rpc'), { code, details: 'rpc', metadata: new Metadata() });
  const details = messages.map((message) => ({ address: 'peer', message, mspId: 'OperatorMSP' }));
  return new GatewayError({ code, details, cause, message: 'rpc failed' });
}

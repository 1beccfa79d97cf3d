import { EventEmitter } from 'node:events';
import type { CallOptions, Client, ClientUnaryCall, requestCallback, ServiceError } from '@grpc/grpc-js';

/**
 * Carries a unary call, in the bytes of its messages, to a peer in this process. It rejects with a gRPC ServiceError.
 * `path` is gRPC's, `deadlineMs` a time since the epoch.
 */
export type DirectCall = (path: string, request: Uint8Array, deadlineMs: number) => Promise<Uint8Array>;

/** Makes unary calls of the client go directly; its streams go over the connection as ever. */
export function callDirectly(client: Client, call: DirectCall): void {
  // Of the method's overloads the Fabric Gateway client uses this one, with generated messages: their stubs' serializers
  // would copy what a message serializes itself to.
  const makeUnaryRequest = <Response>(
    path: string,
    _serialize: unknown,
    deserialize: (bytes: Buffer) => Response,
    request: { serializeBinary(): Uint8Array },
    { deadline = Infinity }: CallOptions,
    callback: requestCallback<Response>,
  ): ClientUnaryCall => {
    call(path, request.serializeBinary(), Number(deadline))
      .then((bytes) => deserialize(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)))
      .then(
        (response) => callback(null, response),
        (error: unknown) => callback(error as ServiceError),
      );
    return new DirectUnaryCall();
  };
  client.makeUnaryRequest = makeUnaryRequest as Client['makeUnaryRequest'];
}

/** What the interface wants of a call: its deadline alone ends it, and it has no address. */
class DirectUnaryCall extends EventEmitter implements ClientUnaryCall {
  cancel(): void {
    throw new Error('a direct call ends by its deadline');
  }
  getPeer(): string {
    return 'in-process';
  }
  getAuthContext(): null {
    return null;
  }
}

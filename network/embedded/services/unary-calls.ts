import { status } from '@grpc/grpc-js';
import { gateway } from '@hyperledger/fabric-protos';
import { CancelledError } from './call.js';
import { endorse } from './endorse.js';
import { evaluate } from './evaluate.js';
import type { GatewayDependencies } from './gateway-dependencies.js';
import { RpcError } from './rpc-error.js';
import { commitStatus, submit } from './submit.js';

type Call<Request, Response> = (request: Request, signal: AbortSignal) => Promise<Response>;

/** The unary calls of gateway.Gateway, whatever carries them. */
export interface UnaryCalls {
  evaluate: Call<gateway.EvaluateRequest, gateway.EvaluateResponse>;
  endorse: Call<gateway.EndorseRequest, gateway.EndorseResponse>;
  submit: Call<gateway.SubmitRequest, gateway.SubmitResponse>;
  commitStatus: Call<gateway.SignedCommitStatusRequest, gateway.CommitStatusResponse>;
}

export function unaryCalls(deps: GatewayDependencies): UnaryCalls {
  return {
    evaluate: (request) => evaluate(deps, request),
    endorse: (request) => endorse(deps, request),
    submit: (request) => Promise.resolve(submit(deps, request)),
    commitStatus: (request, signal) => commitStatus(deps, request, signal),
  };
}

/**
 * A unary call in the bytes of its messages, by its gRPC path (`/gateway.Gateway/Endorse`).
 * @throws {RpcError} and CancelledError, of which nobody has to be told
 */
export type SerializedCall = (path: string, request: Uint8Array, signal: AbortSignal) => Promise<Uint8Array>;

/** The same calls for a client in this process, which needs neither sockets nor gRPC's framing. */
export function serializedCalls(deps: GatewayDependencies): SerializedCall {
  const calls = unaryCalls(deps);
  const { GatewayService: service } = gateway;
  const handlers = new Map([
    serialized(service.evaluate, gateway.EvaluateRequest, calls.evaluate),
    serialized(service.endorse, gateway.EndorseRequest, calls.endorse),
    serialized(service.submit, gateway.SubmitRequest, calls.submit),
    serialized(service.commitStatus, gateway.SignedCommitStatusRequest, calls.commitStatus),
  ]);
  return async (path, request, signal) => {
    const handle = handlers.get(path);
    if (!handle) throw new RpcError(status.UNIMPLEMENTED, `the server does not implement the method ${path}`);
    try {
      return await handle(request, signal);
    } catch (error) {
      throw error instanceof CancelledError ? error : RpcError.from(error, deps.log);
    }
  };
}

/** The generated stubs' own serializers copy each message once more. */
function serialized<Request, Response extends { serializeBinary(): Uint8Array }>(
  { path }: { path: string },
  message: { deserializeBinary(bytes: Uint8Array): Request },
  call: Call<Request, Response>,
): [path: string, Call<Uint8Array, Uint8Array>] {
  const handle: Call<Uint8Array, Uint8Array> = async (bytes, signal) => {
    const response = await call(message.deserializeBinary(bytes), signal);
    return response.serializeBinary();
  };
  return [path, handle];
}

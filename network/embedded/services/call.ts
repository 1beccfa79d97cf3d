import type { handleUnaryCall, ServerDuplexStream, ServerWritableStream } from '@grpc/grpc-js';
import { RpcError } from './rpc-error.js';

/** The call was cancelled by the client, or its deadline has passed. */
export class CancelledError extends Error {
  override readonly name = 'CancelledError';
}

interface Cancellable {
  cancelled: boolean;
  on(event: 'cancelled', listener: () => void): unknown;
}

/** Aborted when the client cancels or its deadline passes. */
export function cancellation(call: Cancellable): AbortSignal {
  const controller = new AbortController();
  const abort = (): void => controller.abort(new CancelledError('the call was cancelled'));
  if (call.cancelled) abort();
  call.on('cancelled', abort);
  return controller.signal;
}

/** A unary method as an async function; what it throws becomes the call's status. */
export function unary<Request, Response>(
  log: (line: string) => void,
  handle: (request: Request, signal: AbortSignal) => Promise<Response>,
): handleUnaryCall<Request, Response> {
  return (call, callback) => {
    handle(call.request, cancellation(call)).then(
      (response) => callback(null, response),
      (error: unknown) => {
        if (!(error instanceof CancelledError)) callback(RpcError.from(error, log));
      },
    );
  };
}

/** Writes with back-pressure: waits where the client reads slower than the ledger grows. */
export async function send<Request, Response>(
  stream: ServerWritableStream<Request, Response> | ServerDuplexStream<Request, Response>,
  message: Response,
  signal: AbortSignal,
): Promise<void> {
  signal.throwIfAborted();
  if (stream.write(message)) return;
  await new Promise<void>((resolve, reject) => {
    const abort = (): void => reject(new CancelledError('the call was cancelled'));
    signal.addEventListener('abort', abort, { once: true });
    stream.once('drain', () => {
      signal.removeEventListener('abort', abort);
      resolve();
    });
  });
}

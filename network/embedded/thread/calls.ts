import { status } from '@grpc/grpc-js';
import type { MessagePort } from 'node:worker_threads';
import { CancelledError } from '../services/call.js';
import { RpcError, type EndpointFault } from '../services/rpc-error.js';
import type { SerializedCall } from '../services/unary-calls.js';

/**
 * Unary calls between a gateway's thread and the network's over a message port: the bytes are those that gRPC would
 * carry, a call costs neither a socket nor HTTP/2.
 */

/** Rejects with a gRPC status, as a call over a socket would. `deadlineMs` is a time since the epoch. */
export type CallOfThread = (path: string, request: Uint8Array, deadlineMs: number) => Promise<Uint8Array>;

type ToNetwork = { id: number; path: string; request: Uint8Array } | { cancel: number };
type Outcome = { response: Uint8Array } | { failure: Failure };
type FromNetwork = { id: number } & Outcome;

interface Failure {
  code: status;
  message: string;
  faults: readonly EndpointFault[];
}

interface Waiting {
  resolve: (response: Uint8Array) => void;
  reject: (error: RpcError) => void;
  deadline: NodeJS.Timeout;
}

/**
 * Sends messages of one turn together: each message would wake the other thread, which costs more than what most of them
 * ask for, and on one core the other thread would run before the rest is sent.
 */
function sender(port: MessagePort): (message: ToNetwork | FromNetwork) => void {
  let waiting: (ToNetwork | FromNetwork)[] = [];
  const flush = (): void => {
    const together = waiting;
    waiting = [];
    port.postMessage(together, together.flatMap(ownBuffer));
  };
  return (message) => {
    // A tick comes when all promises that are settled have run.
    if (waiting.push(message) === 1) process.nextTick(flush);
  };
}

/** Smaller ones are copied as fast. */
const WORTH_MOVING_BYTES = 65_536;

/** Who sends a message has no more use for its bytes: where they have their memory to themselves, it changes hands. */
function ownBuffer(message: ToNetwork | FromNetwork): ArrayBuffer[] {
  const bytes = 'request' in message ? message.request : 'response' in message ? message.response : undefined;
  if (!(bytes?.buffer instanceof ArrayBuffer)) return [];
  const { buffer, byteLength } = bytes;
  return byteLength === buffer.byteLength && byteLength >= WORTH_MOVING_BYTES ? [buffer] : [];
}

const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The network's end. */
export function serveCalls(port: MessagePort, call: SerializedCall): void {
  const running = new Map<number, AbortController>();
  const answer = sender(port);
  const take = (message: ToNetwork): void => {
    if ('cancel' in message) {
      running.get(message.cancel)?.abort(new CancelledError('the call was cancelled'));
      return;
    }
    const { id, path, request } = message;
    const controller = new AbortController();
    running.set(id, controller);
    void outcomeOf(call(path, request, controller.signal)).then((outcome) => {
      running.delete(id);
      answer({ id, ...outcome } satisfies FromNetwork);
    });
  };
  port.on('message', (messages: ToNetwork[]) => messages.forEach(take));
}

/** The gateway's end. */
export function callOver(port: MessagePort): CallOfThread {
  const waiting = new Map<number, Waiting>();
  let lastId = 0;
  let isOpen = true;
  const settle = (id: number): Waiting | undefined => {
    const call = waiting.get(id);
    waiting.delete(id);
    clearTimeout(call?.deadline);
    return call;
  };
  const send = sender(port);
  port.on('message', (messages: FromNetwork[]) => {
    for (const message of messages) {
      const call = settle(message.id);
      if ('response' in message) call?.resolve(message.response);
      else call?.reject(errorOf(message.failure));
    }
  });
  port.on('close', () => {
    isOpen = false;
    for (const id of [...waiting.keys()]) settle(id)?.reject(gone());
  });
  return (path, request, deadlineMs) =>
    new Promise((resolve, reject) => {
      if (!isOpen) {
        reject(gone());
        return;
      }
      const id = ++lastId;
      const expire = (): void => {
        send({ cancel: id } satisfies ToNetwork);
        settle(id)?.reject(new RpcError(status.DEADLINE_EXCEEDED, 'Deadline exceeded'));
      };
      waiting.set(id, {
        resolve,
        reject,
        deadline: setTimeout(expire, Math.min(deadlineMs - Date.now(), LONGEST_TIMER_MS)),
      });
      send({ id, path, request } satisfies ToNetwork);
    });
}

function gone(): RpcError {
  return new RpcError(status.UNAVAILABLE, 'the network is gone');
}

async function outcomeOf(call: Promise<Uint8Array>): Promise<Outcome> {
  try {
    return { response: await call };
  } catch (error) {
    // Of a cancelled call nobody waits for the outcome.
    const { code, message, faults } = error instanceof RpcError ? error : new RpcError(status.CANCELLED, 'cancelled');
    return { failure: { code, message, faults } };
  }
}

/** Worded as a gRPC client words it. */
function errorOf({ code, message, faults }: Failure): RpcError {
  return Object.assign(new RpcError(code, message, faults), { message: `${code} ${status[code]}: ${message}` });
}

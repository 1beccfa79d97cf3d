import { peer } from '@hyperledger/fabric-protos';
import { deferred } from '../deferred.js';
import { batchLimits, STATE_REQUESTS } from './state-requests.js';
import type { TransactionContext } from './transaction-context.js';

const { Type } = peer.ChaincodeMessage;

/** What is read of a message from chaincode; the shim's own message class (an older one) fits as well. */
export type ChaincodeMessageView = Pick<
  peer.ChaincodeMessage,
  'getType' | 'getPayload_asU8' | 'getTxid' | 'getChannelId'
> & {
  getChaincodeEvent(): Pick<peer.ChaincodeEvent, 'getEventName' | 'getPayload_asU8'> | undefined;
};

/** The peer's end of a stream to chaincode, whatever carries it. */
export interface ChaincodeStream {
  send(message: peer.ChaincodeMessage): void;
  onMessage(listener: (message: ChaincodeMessageView) => void): void;
  /** Called once, when the chaincode is gone. */
  onEnd(listener: (reason: string) => void): void;
  close(): void;
}

export interface Invocation {
  channelId: string;
  txId: string;
  /** The serialized ChaincodeInput. */
  input: Uint8Array;
  proposal: peer.SignedProposal;
  context: TransactionContext;
}

export interface InvocationResult {
  response: peer.Response;
  event?: { name: string; payload: Uint8Array };
}

interface Running {
  context: TransactionContext;
  complete: (message: ChaincodeMessageView) => void;
  fail: (error: Error) => void;
}

/** How long chaincode may take (Fabric's chaincode.executetimeout). */
const EXECUTE_TIMEOUT_MS = 30_000;
const REGISTER_TIMEOUT_MS = 10_000;

/**
 * The peer's side of the chaincode protocol on one stream: registration, then transactions, each of which asks for
 * state until it completes. It never sends KEEPALIVE, at which the Node shim ends its process.
 */
export class ChaincodeConnection {
  readonly #stream: ChaincodeStream;
  readonly #running = new Map<string, Running>();
  readonly #registered = deferred<string>();
  #ended: string | undefined;

  constructor(stream: ChaincodeStream) {
    this.#stream = stream;
    stream.onMessage((message) => this.#receive(message));
    stream.onEnd((reason) => this.#end(reason));
    this.#registered.promise.catch(() => undefined);
    const timer = setTimeout(() => this.#end('chaincode did not register in time'), REGISTER_TIMEOUT_MS);
    this.#registered.promise.finally(() => clearTimeout(timer)).catch(() => undefined);
  }

  /** The chaincode id under which the chaincode has registered. */
  get registered(): Promise<string> {
    return this.#registered.promise;
  }

  get isOpen(): boolean {
    return this.#ended === undefined;
  }

  /** @throws {Error} where the chaincode fails, is gone or takes too long; not for a response of status 500. */
  async execute({ channelId, txId, input, proposal, context }: Invocation): Promise<InvocationResult> {
    await this.#registered.promise;
    if (this.#ended !== undefined) throw new Error(this.#ended);
    if (this.#running.has(txId)) throw new Error(`txid: ${txId}(${channelId}) exists`);
    const { promise, resolve, reject } = deferred<ChaincodeMessageView>();
    this.#running.set(txId, { context, complete: resolve, fail: reject });
    const timer = setTimeout(
      () => reject(new Error('timeout expired while executing transaction')),
      EXECUTE_TIMEOUT_MS,
    );
    try {
      const message = newMessage(Type.TRANSACTION, channelId, txId, input);
      message.setProposal(proposal);
      this.#stream.send(message);
      return resultOf(await promise, txId);
    } finally {
      clearTimeout(timer);
      this.#running.delete(txId);
      for (const query of context.openQueries.values()) query.close();
    }
  }

  close(): void {
    this.#end('the peer is shutting down');
    this.#stream.close();
  }

  #receive(message: ChaincodeMessageView): void {
    const type = message.getType();
    if (type === Type.REGISTER) this.#register(message);
    else if (type === Type.COMPLETED || type === Type.ERROR) {
      this.#running.get(message.getTxid())?.complete(message);
    } else this.#answer(type, message);
  }

  #register(message: ChaincodeMessageView): void {
    const chaincodeId = peer.ChaincodeID.deserializeBinary(message.getPayload_asU8()).getName();
    if (chaincodeId === '') {
      this.#end('chaincode registered without an id');
      return;
    }
    this.#stream.send(newMessage(Type.REGISTERED));
    this.#stream.send(newMessage(Type.READY, '', '', batchLimits()));
    this.#registered.resolve(chaincodeId);
  }

  #answer(type: number, message: ChaincodeMessageView): void {
    const [channelId, txId] = [message.getChannelId(), message.getTxid()];
    let answer: peer.ChaincodeMessage;
    try {
      const handler = STATE_REQUESTS.get(type);
      if (!handler) throw new Error('the request is unknown');
      const context = this.#running.get(txId)?.context;
      if (!context) throw new Error('no ledger context');
      answer = newMessage(Type.RESPONSE, channelId, txId, handler(context, message.getPayload_asU8()));
    } catch (error) {
      const reason = `${typeName(type)} failed: transaction ID: ${txId}: ${error instanceof Error ? error.message : 'failed'}`;
      answer = newMessage(Type.ERROR, channelId, txId, Buffer.from(reason));
    }
    this.#stream.send(answer);
  }

  #end(reason: string): void {
    if (this.#ended !== undefined) return;
    this.#ended = reason;
    this.#registered.reject(new Error(reason));
    for (const { fail } of this.#running.values()) fail(new Error('chaincode stream terminated'));
  }
}

function resultOf(message: ChaincodeMessageView, txId: string): InvocationResult {
  if (message.getType() === Type.ERROR) {
    throw new Error(`transaction returned with failure: ${Buffer.from(message.getPayload_asU8()).toString()}`);
  }
  const response = peer.Response.deserializeBinary(message.getPayload_asU8());
  if (response.getStatus() === 0) throw new Error(`nil response from transaction ${txId}`);
  const event = message.getChaincodeEvent();
  return { response, ...(event && { event: { name: event.getEventName(), payload: event.getPayload_asU8() } }) };
}

function newMessage(
  type: ReturnType<peer.ChaincodeMessage['getType']>,
  channelId = '',
  txId = '',
  payload: Uint8Array = new Uint8Array(),
): peer.ChaincodeMessage {
  const message = new peer.ChaincodeMessage();
  message.setType(type);
  message.setChannelId(channelId);
  message.setTxid(txId);
  message.setPayload(payload);
  return message;
}

function typeName(type: number): string {
  return Object.entries(Type).find(([, value]) => value === type)?.[0] ?? `message ${type}`;
}

import { createRequire } from 'node:module';
import type { ChaincodeStub } from 'fabric-shim-api';
import { decodeLimits, decodeValues, encodeReads, encodeWrites, MESSAGE } from './messages.js';
import type { BatchLimits, StateWrite } from './messages.js';

/**
 * Many reads or many writes in one message. Each message between chaincode and peer costs both as much as what it asks
 * for, and a transaction of single events had five of them an event. Peers take such messages since Fabric 3.1 and say
 * so when chaincode registers; the Node shim neither hears it nor sends any, so both is done here. Where a peer says
 * nothing, every key has a message of its own, as before.
 */

/** What is used of the shim's end of the stream to a peer. */
interface Handler {
  _stream: { on(event: 'data', listener: (message: Message) => void): void };
  chat: (this: Handler, first: object) => void;
  /** Waits for its turn, since a peer answers one request of a transaction at a time. */
  _askPeerAndListen(message: Message, method: string): Promise<Uint8Array>;
}

interface Message {
  getType(): number;
  getPayload_asU8(): Uint8Array;
  setType(type: number): void;
  setPayload(payload: Uint8Array): void;
  setTxid(txId: string): void;
  setChannelId(channelId: string): void;
}

/** The shim's own; a stub of a test has no handler. */
type ShimStub = ChaincodeStub & { handler?: Handler };

const limits = new WeakMap<Handler, BatchLimits>();
let newMessage: (() => Message) | undefined;

/** From now on the shim's handlers hear what their peers say of batches. */
export function listenToPeers(): void {
  const requireOfShim = createRequire(require.resolve('fabric-shim'));
  const { ChaincodeMessageHandler } = requireOfShim('./lib/handler.js') as {
    ChaincodeMessageHandler: { prototype: Handler };
  };
  const { peer } = requireOfShim('@hyperledger/fabric-protos') as { peer: { ChaincodeMessage: new () => Message } };
  newMessage = () => new peer.ChaincodeMessage();
  const { prototype } = ChaincodeMessageHandler;
  const { chat } = prototype;
  prototype.chat = function (first) {
    chat.call(this, first);
    this._stream.on('data', (message) => {
      if (message.getType() === MESSAGE.READY) limits.set(this, decodeLimits(message.getPayload_asU8()));
    });
  };
}

/** The values of keys of the channel's state in their order; empty where there is none. */
export async function readMany(stub: ChaincodeStub, keys: readonly string[]): Promise<Uint8Array[]> {
  const { reads = 0 } = limitsOf(stub);
  const values: Uint8Array[] = [];
  if (reads === 0) for (const key of keys) values.push(await stub.getState(key));
  for (const part of cut(keys, reads)) {
    values.push(...decodeValues(await ask(stub, MESSAGE.GET_STATE_MULTIPLE, encodeReads(part))));
  }
  return values;
}

/** In their order. */
export async function writeMany(stub: ChaincodeStub, all: readonly StateWrite[]): Promise<void> {
  const { writes = 0 } = limitsOf(stub);
  if (writes === 0) for (const write of all) await writeOne(stub, write);
  for (const part of cut(all, writes)) await ask(stub, MESSAGE.WRITE_BATCH_STATE, encodeWrites(part));
}

function writeOne(stub: ChaincodeStub, { collection, key, value }: StateWrite): Promise<void> {
  return collection === '' ? stub.putState(key, value) : stub.putPrivateData(collection, key, value);
}

function limitsOf(stub: ShimStub): Partial<BatchLimits> {
  return (stub.handler && limits.get(stub.handler)) ?? {};
}

function* cut<T>(all: readonly T[], size: number): Generator<readonly T[]> {
  if (size > 0) for (let start = 0; start < all.length; start += size) yield all.slice(start, start + size);
}

/** @throws {Error} what the peer says against it. */
function ask(stub: ShimStub, type: number, payload: Uint8Array): Promise<Uint8Array> {
  const message = newMessage?.();
  if (!stub.handler || !message) throw new Error('the shim is not listened to');
  message.setType(type);
  message.setPayload(payload);
  message.setTxid(stub.getTxID());
  message.setChannelId(stub.getChannelID());
  return stub.handler._askPeerAndListen(message, type === MESSAGE.GET_STATE_MULTIPLE ? 'GetState' : 'PutState');
}

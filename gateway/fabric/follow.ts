import { status } from '@grpc/grpc-js';
import { GatewayError } from '@hyperledger/fabric-gateway';
import type { CloseableAsyncIterable, Network } from '@hyperledger/fabric-gateway';
import { delay } from '../delay.js';
import { toAuditError } from './faults.js';
import type { Peers } from './peers.js';

const RECONNECT_MS = 500;
/** A peer that refuses for one of these reasons will refuse again. */
const FINAL: readonly number[] = [
  status.INVALID_ARGUMENT,
  status.NOT_FOUND,
  status.PERMISSION_DENIED,
  status.UNAUTHENTICATED,
  status.UNIMPLEMENTED,
];

/** What a peer streams: opened behind what has passed already. */
export interface StreamSource<Message, Item> {
  open(channel: Network): Promise<CloseableAsyncIterable<Message>>;
  read(message: Message): Item;
  /** The reader has dealt with the message and come back for the next one. */
  passed(message: Message): void | Promise<void>;
}

/**
 * A stream of the peer's. Where the peer goes away, it goes on behind the last message at the next one, or at the same
 * one when it is back.
 * @param peers those in use: others when the connection profile has changed.
 */
export function followStream<Message, Item>(
  peers: () => Peers,
  source: StreamSource<Message, Item>,
): AsyncIterable<Item> & { close(): void } {
  let closed = false;
  const isClosed = (): boolean => closed;
  let open: CloseableAsyncIterable<Message> | undefined;
  async function* items(): AsyncGenerator<Item> {
    while (!isClosed()) {
      const pool = peers();
      const peer = pool.inUse;
      try {
        open = await source.open(peer.channel);
        for await (const message of open) {
          yield source.read(message);
          await source.passed(message);
        }
      } catch (error) {
        if (isClosed()) return;
        if (!(error instanceof GatewayError) || FINAL.includes(error.code)) throw toAuditError(error);
        pool.leave(peer);
      }
      await delay(RECONNECT_MS);
    }
  }
  const close = (): void => {
    closed = true;
    open?.close();
  };
  return { [Symbol.asyncIterator]: items, close };
}

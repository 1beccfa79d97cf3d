import { status } from '@grpc/grpc-js';
import { checkpointers, GatewayError } from '@hyperledger/fabric-gateway';
import type { ChaincodeEvent, CloseableAsyncIterable } from '@hyperledger/fabric-gateway';
import type { LedgerNotice, NoticeStream } from '../ledger/audit-ledger.js';
import { delay } from '../intake/delay.js';
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

/**
 * The contract's chaincode events in the order of their blocks and transactions; only of valid transactions. Where the
 * peer goes away, the stream goes on behind the last event at the next one, or at the same one when it is back.
 * @param peers those in use: others when the connection profile has changed.
 */
export function followChaincodeEvents(peers: () => Peers, chaincode: string, fromBlock: number): NoticeStream {
  const position = checkpointers.inMemory();
  let closed = false;
  const isClosed = (): boolean => closed;
  let open: CloseableAsyncIterable<ChaincodeEvent> | undefined;
  async function* notices(): AsyncGenerator<LedgerNotice> {
    while (!isClosed()) {
      const pool = peers();
      const peer = pool.inUse;
      try {
        open = await peer.channel.getChaincodeEvents(chaincode, {
          startBlock: BigInt(fromBlock),
          checkpoint: position,
        });
        for await (const event of open) {
          yield toNotice(event);
          await position.checkpointChaincodeEvent(event);
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
  return { [Symbol.asyncIterator]: notices, close };
}

function toNotice({ blockNumber, transactionId: txId, eventName: name, payload }: ChaincodeEvent): LedgerNotice {
  return { blockNumber: Number(blockNumber), txId, name, payload };
}

import { checkpointers } from '@hyperledger/fabric-gateway';
import type { ChaincodeEvent } from '@hyperledger/fabric-gateway';
import type { LedgerNotice, NoticeStream } from '../ledger/audit-ledger.js';
import { followStream } from './follow.js';
import type { Peers } from './peers.js';

/** The contract's chaincode events in the order of their blocks and transactions; only of valid transactions. */
export function followChaincodeEvents(peers: () => Peers, chaincode: string, fromBlock: number): NoticeStream {
  const position = checkpointers.inMemory();
  return followStream(peers, {
    open: (channel) => channel.getChaincodeEvents(chaincode, { startBlock: BigInt(fromBlock), checkpoint: position }),
    read: toNotice,
    passed: (event) => position.checkpointChaincodeEvent(event),
  });
}

function toNotice({ blockNumber, transactionId: txId, eventName: name, payload }: ChaincodeEvent): LedgerNotice {
  return { blockNumber: Number(blockNumber), txId, name, payload };
}

import type { Network } from '@hyperledger/fabric-gateway';
import type { LedgerNotice, NoticeStream } from '../ledger/audit-ledger.js';
import { toAuditError } from './faults.js';

/** The contract's chaincode events in the order of their blocks and transactions; only of valid transactions. */
export async function followChaincodeEvents(
  network: Network,
  chaincode: string,
  fromBlock: number,
): Promise<NoticeStream> {
  const events = await network.getChaincodeEvents(chaincode, { startBlock: BigInt(fromBlock) });
  async function* notices(): AsyncGenerator<LedgerNotice> {
    try {
      for await (const event of events) {
        const { transactionId: txId, eventName: name, payload } = event;
        yield { blockNumber: Number(event.blockNumber), txId, name, payload };
      }
    } catch (error) {
      throw toAuditError(error);
    }
  }
  return { [Symbol.asyncIterator]: notices, close: () => events.close() };
}

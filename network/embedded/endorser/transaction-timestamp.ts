import { common } from '@hyperledger/fabric-protos';
import type { Timestamp } from 'google-protobuf/google/protobuf/timestamp_pb.js';
import type { HistoryEntry, Ledger } from '../ledger/types.js';

/** The timestamp that a transaction's creator gave it, read from its block. */
export function transactionTimestamp(ledger: Ledger, { blockNum, txNum }: HistoryEntry): Timestamp | undefined {
  const block = ledger.blockByNumber(blockNum);
  const envelope = block && common.Block.deserializeBinary(block.bytes).getData()?.getDataList_asU8()[txNum];
  if (!envelope) return undefined;
  const payload = common.Payload.deserializeBinary(common.Envelope.deserializeBinary(envelope).getPayload_asU8());
  const channelHeader = payload.getHeader()?.getChannelHeader_asU8();
  return channelHeader && common.ChannelHeader.deserializeBinary(channelHeader).getTimestamp();
}

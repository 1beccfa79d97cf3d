import { common, ledger, peer } from '@hyperledger/fabric-protos';
import protobuf from 'protobufjs/minimal.js';
import type { Channel } from '../channel.js';
import type { CommittedBlock, PrivateWrites } from '../ledger/types.js';
import type { MspIdentity } from '../msp/membership.js';
import { blockEnvelopes } from '../wire/block.js';
import { parseEnvelope, parseTransaction, type EnvelopeParts } from '../wire/transaction.js';
import { writeBytes, writeMessage } from '../wire/write-fields.js';

/** The forms of protos.DeliverResponse (and orderer.DeliverResponse), serialized. */

const { rwset } = ledger;

/** Field 2 is the block in both messages; its bytes go out as they were committed. */
export function blockResponse(block: Uint8Array): Uint8Array {
  const writer = protobuf.Writer.create();
  writeBytes(writer, 2, block);
  return writer.finish();
}

export function statusResponse(status: common.StatusMap[keyof common.StatusMap]): Uint8Array {
  const response = new peer.DeliverResponse();
  response.setStatus(status);
  return response.serializeBinary();
}

export function filteredResponse(channelId: string, { blockNum, bytes, codes }: CommittedBlock): Uint8Array {
  const filtered = new peer.FilteredBlock();
  filtered.setChannelId(channelId);
  filtered.setNumber(Number(blockNum));
  filtered.setFilteredTransactionsList(
    blockEnvelopes(bytes).map((envelope, txNum) => {
      const parts = parseEnvelope(envelope);
      const transaction = new peer.FilteredTransaction();
      transaction.setTxid(parts.txId);
      transaction.setType(parts.headerType as common.HeaderTypeMap[keyof common.HeaderTypeMap]);
      transaction.setTxValidationCode(codes[txNum] ?? peer.TxValidationCode.NOT_VALIDATED);
      if (parts.headerType === common.HeaderType.ENDORSER_TRANSACTION)
        transaction.setTransactionActions(filteredActions(parts));
      return transaction;
    }),
  );
  const response = new peer.DeliverResponse();
  response.setFilteredBlock(filtered);
  return response.serializeBinary();
}

/** The block, and of its private data the collections whose members the reader belongs to. */
export function privateDataResponse(channel: Channel, block: CommittedBlock, reader: MspIdentity): Uint8Array {
  const visible = channel.ledger
    .privateWrites(block.blockNum)
    .filter(({ collection }) => channel.chaincode.collections.get(collection)?.memberMspIds.includes(reader.mspId));
  const writer = protobuf.Writer.create();
  writeMessage(writer, 4, () => {
    writeBytes(writer, 1, block.bytes);
    for (const txNum of new Set(visible.map((writes) => writes.txNum))) {
      const message = privateRwset(visible.filter((writes) => writes.txNum === txNum));
      writeMessage(writer, 2, () => {
        writer.uint32(1 << 3).uint64(txNum);
        writeBytes(writer, 2, message);
      });
    }
  });
  return writer.finish();
}

/** Of a chaincode event, its name but not its payload. */
function filteredActions({ data }: EnvelopeParts): peer.FilteredTransactionActions {
  const actions = new peer.FilteredTransactionActions();
  let event: Uint8Array;
  try {
    ({ event } = parseTransaction(data));
  } catch {
    return actions; // an invalid transaction
  }
  if (event.length === 0) return actions;
  const chaincodeEvent = peer.ChaincodeEvent.deserializeBinary(event);
  chaincodeEvent.setPayload(new Uint8Array());
  const action = new peer.FilteredChaincodeAction();
  action.setChaincodeEvent(chaincodeEvent);
  actions.setChaincodeActionsList([action]);
  return actions;
}

/** The serialized TxPvtReadWriteSet of one transaction's collections. */
function privateRwset(writes: readonly PrivateWrites[]): Uint8Array {
  const message = new rwset.TxPvtReadWriteSet();
  message.setDataModel(rwset.TxReadWriteSet.DataModel.KV);
  for (const namespace of new Set(writes.map((one) => one.namespace))) {
    const namespaceRwset = new rwset.NsPvtReadWriteSet();
    namespaceRwset.setNamespace(namespace);
    namespaceRwset.setCollectionPvtRwsetList(
      writes
        .filter((one) => one.namespace === namespace)
        .map((one) => {
          const collection = new rwset.CollectionPvtReadWriteSet();
          collection.setCollectionName(one.collection);
          collection.setRwset(one.rwset);
          return collection;
        }),
    );
    message.addNsPvtRwset(namespaceRwset);
  }
  return message.serializeBinary();
}

import { ledger } from '@hyperledger/fabric-protos';
import type { CollectionRwset, KeyRead, KeyWrite, NamespaceRwset, RangeRead, Version } from '../ledger/types.js';

const { TxReadWriteSet, NsReadWriteSet, CollectionHashedReadWriteSet, kvrwset } = ledger.rwset;

/** The serialized TxReadWriteSet; lists are written in the order given. */
export function serializeTxRwset(namespaces: readonly NamespaceRwset[]): Uint8Array {
  const message = new TxReadWriteSet();
  message.setDataModel(TxReadWriteSet.DataModel.KV);
  message.setNsRwsetList(
    namespaces.map((namespace) => {
      const nsRwset = new NsReadWriteSet();
      nsRwset.setNamespace(namespace.namespace);
      nsRwset.setRwset(publicRwset(namespace).serializeBinary());
      nsRwset.setCollectionHashedRwsetList(namespace.collections.map(collectionRwset));
      return nsRwset;
    }),
  );
  return message.serializeBinary();
}

/** The serialized private KVRWSet that a collection's `pvtRwsetHash` is over. */
export function serializePrivateRwset(writes: readonly KeyWrite[]): Uint8Array {
  const message = new kvrwset.KVRWSet();
  message.setWritesList(writes.map(keyWrite));
  return message.serializeBinary();
}

function publicRwset({ reads, rangeReads, writes }: NamespaceRwset): ledger.rwset.kvrwset.KVRWSet {
  const message = new kvrwset.KVRWSet();
  message.setReadsList(reads.map(keyRead));
  message.setRangeQueriesInfoList(rangeReads.map(rangeRead));
  message.setWritesList(writes.map(keyWrite));
  return message;
}

function collectionRwset(collection: CollectionRwset): ledger.rwset.CollectionHashedReadWriteSet {
  const hashed = new kvrwset.HashedRWSet();
  hashed.setHashedReadsList(
    collection.hashedReads.map(({ keyHash, version }) => {
      const read = new kvrwset.KVReadHash();
      read.setKeyHash(keyHash);
      if (version) read.setVersion(versionMessage(version));
      return read;
    }),
  );
  hashed.setHashedWritesList(
    collection.hashedWrites.map(({ keyHash, isDelete, valueHash, isPurge }) => {
      const write = new kvrwset.KVWriteHash();
      write.setKeyHash(keyHash);
      write.setIsDelete(isDelete);
      write.setValueHash(valueHash);
      write.setIsPurge(isPurge);
      return write;
    }),
  );
  const message = new CollectionHashedReadWriteSet();
  message.setCollectionName(collection.collection);
  message.setHashedRwset(hashed.serializeBinary());
  message.setPvtRwsetHash(collection.pvtRwsetHash);
  return message;
}

function keyRead({ key, version }: KeyRead): ledger.rwset.kvrwset.KVRead {
  const message = new kvrwset.KVRead();
  message.setKey(key);
  if (version) message.setVersion(versionMessage(version));
  return message;
}

function rangeRead({ startKey, endKey, exhausted, reads }: RangeRead): ledger.rwset.kvrwset.RangeQueryInfo {
  const rawReads = new kvrwset.QueryReads();
  rawReads.setKvReadsList(reads.map(keyRead));
  const message = new kvrwset.RangeQueryInfo();
  message.setStartKey(startKey);
  message.setEndKey(endKey);
  message.setItrExhausted(exhausted);
  message.setRawReads(rawReads);
  return message;
}

function keyWrite({ key, isDelete, value }: KeyWrite): ledger.rwset.kvrwset.KVWrite {
  const message = new kvrwset.KVWrite();
  message.setKey(key);
  message.setIsDelete(isDelete);
  message.setValue(value);
  return message;
}

function versionMessage({ blockNum, txNum }: Version): ledger.rwset.kvrwset.Version {
  const message = new kvrwset.Version();
  message.setBlockNum(Number(blockNum));
  message.setTxNum(txNum);
  return message;
}

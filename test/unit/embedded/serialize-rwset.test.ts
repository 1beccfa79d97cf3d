import assert from 'node:assert/strict';
import { ledger } from '@hyperledger/fabric-protos';
import { describe, it } from 'mocha';
import { serializePrivateRwset, serializeTxRwset } from '../../../network/embedded/wire/serialize-rwset.js';

const { TxReadWriteSet, kvrwset } = ledger.rwset;

const version = (blockNum: bigint, txNum: number) => ({ version: { blockNum, txNum } });
const hash = (byte: number) => new Uint8Array(32).fill(byte);
const writes = [
  { key: 'a', isDelete: false, value: Buffer.from('{"a":1}') },
  { key: 'grüße \u{1F600}', isDelete: true, value: new Uint8Array() },
];
const full = {
  namespace: 'audit',
  reads: [{ key: 'absent' }, { key: 'first', ...version(0n, 0) }, { key: 'later', ...version(2n ** 40n, 300) }],
  rangeReads: [
    { startKey: 'a', endKey: '', exhausted: true, reads: [{ key: 'b', ...version(7n, 0) }] },
    { startKey: '', endKey: 'z', exhausted: false, reads: [] },
  ],
  writes,
  collections: [
    {
      collection: 'payloads',
      hashedReads: [{ keyHash: hash(1) }, { keyHash: hash(2), ...version(1n, 1) }],
      hashedWrites: [
        { keyHash: hash(3), isDelete: false, valueHash: hash(4), isPurge: false },
        { keyHash: hash(5), isDelete: true, valueHash: new Uint8Array(), isPurge: true },
      ],
      pvtRwsetHash: hash(6),
    },
    { collection: 'read', hashedReads: [{ keyHash: hash(7) }], hashedWrites: [], pvtRwsetHash: new Uint8Array() },
  ],
};
const empty = { namespace: 'empty', reads: [], rangeReads: [], writes: [], collections: [] };

/** As Fabric's own message types write what they have read. */
function rewritten(bytes: Uint8Array): Uint8Array {
  const message = TxReadWriteSet.deserializeBinary(bytes);
  for (const namespace of message.getNsRwsetList()) {
    const rwset = kvrwset.KVRWSet.deserializeBinary(namespace.getRwset_asU8());
    namespace.setRwset(rwset.serializeBinary());
    for (const collection of namespace.getCollectionHashedRwsetList()) {
      const hashed = kvrwset.HashedRWSet.deserializeBinary(collection.getHashedRwset_asU8());
      collection.setHashedRwset(hashed.serializeBinary());
    }
  }
  return message.serializeBinary();
}

describe('serialized read-write sets', () => {
  it('are what Fabric’s message types write, and hold everything', () => {
    const bytes = serializeTxRwset([full, empty, { ...empty, namespace: 'private', collections: full.collections }]);
    assert.deepEqual(Buffer.from(bytes), Buffer.from(rewritten(bytes)));
    const [read, , ofCollections] = TxReadWriteSet.deserializeBinary(bytes).getNsRwsetList();
    const rwset = kvrwset.KVRWSet.deserializeBinary(read?.getRwset_asU8() ?? new Uint8Array());
    assert.deepEqual(
      rwset.getWritesList().map((write) => write.getKey()),
      writes.map(({ key }) => key),
    );
    assert.equal(rwset.getReadsList()[2]?.getVersion()?.getBlockNum(), 2 ** 40);
    assert.equal(rwset.getReadsList()[1]?.hasVersion(), true);
    assert.equal(rwset.getReadsList()[0]?.hasVersion(), false);
    assert.equal(rwset.getRangeQueriesInfoList()[1]?.hasRawReads(), true);
    assert.equal(ofCollections?.getCollectionHashedRwsetList()[0]?.getPvtRwsetHash_asU8().length, 32);
  });

  it('are so for private writes', () => {
    const bytes = serializePrivateRwset(writes);
    assert.deepEqual(Buffer.from(bytes), Buffer.from(kvrwset.KVRWSet.deserializeBinary(bytes).serializeBinary()));
  });
});

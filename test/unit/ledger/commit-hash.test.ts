import assert from 'node:assert/strict';
import { commitHash } from '../../../network/embedded/ledger/commit-hash.js';
import { UpdateBatch } from '../../../network/embedded/ledger/update-batch.js';
import { put, remove, rwset, sha256 } from './chain.js';

describe('commit hash', () => {
  it("is over the flags, Fabric's serialization of the writes, and the hash before", () => {
    const updates = new UpdateBatch();
    updates.apply(0, rwset({ namespace: 'ns2', writes: [put('k', 'v')] }));
    const hashedWrites = [
      { keyHash: Buffer.from([0xaa]), valueHash: Buffer.from([0xbb]), isDelete: false, isPurge: false },
    ];
    const collections = [{ collection: 'c', hashedReads: [], hashedWrites, pvtRwsetHash: Buffer.alloc(0) }];
    updates.apply(2, rwset({ namespace: 'ns1', writes: [remove('b'), put('a', 'x')], collections }));
    // txmgr.Updates: namespaces and keys sorted, names only where they change, versions as counted big-endian numbers.
    const writes = [
      ['0a036e7331', '1a0161', '2a0178', '320502012c0102'],
      ['1a0162', '2001', '320502012c0102'],
      ['120163', '1a01aa', '2a01bb', '320502012c0102'],
      ['0a036e7332', '1a016b', '2a0176', '320402012c00'],
    ].map((fields) => Buffer.from(fields.join(''), 'hex'));
    const serialized = Buffer.concat(writes.flatMap((write) => [Buffer.from([0x0a, write.length]), write]));
    const previous = sha256('previous');
    const expected = sha256(Buffer.concat([Buffer.from([3, 0, 11, 0]), serialized, previous]));
    assert.deepEqual(commitHash(300, Uint8Array.from([0, 11, 0]), updates, previous), expected);
  });
});

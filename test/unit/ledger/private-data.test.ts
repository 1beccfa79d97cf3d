import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { openLedger, verifyLedger } from '../../../network/embedded/ledger/index.js';
import { ValidationCode } from '../../../network/embedded/ledger/types.js';
import type { KeyWrite, Ledger } from '../../../network/embedded/ledger/types.js';
import {
  CHANNEL,
  commitDrafts,
  commitGenesis,
  hashedCollection,
  NAMESPACE,
  put,
  remove,
  rwset,
  sha256,
  withDirectory,
} from './chain.js';
import type { Draft } from './chain.js';

const COLLECTION = 'payloads';

describe('private data', () => {
  it('are read back in plain text, as hashes and block by block, also after a rebuild', async () => {
    await withLedger(async (ledger, reopen) => {
      await commitDrafts(ledger, [secretly('t1', [put('a', '1'), put('b', '2')]), secretly('t2', [put('c', '3')])]);
      await commitDrafts(ledger, [secretly('t3', [remove('a'), put('b', 'two')])]);
      for (const opened of [() => ledger, () => reopen('as it is'), () => reopen('without index')]) {
        const current = await opened();
        assert.deepEqual(
          [...current.privateRange(NAMESPACE, COLLECTION, '', '')].map(({ key, value, version }) => [
            key,
            String(value),
            version,
          ]),
          [
            ['b', 'two', { blockNum: 2n, txNum: 0 }],
            ['c', '3', { blockNum: 1n, txNum: 1 }],
          ],
        );
        assert.equal(current.privateState(NAMESPACE, COLLECTION, 'a'), undefined);
        assert.equal(current.privateHash(NAMESPACE, COLLECTION, sha256('a')), undefined);
        const { valueHash, version } = current.privateHash(NAMESPACE, COLLECTION, sha256('b')) ?? {};
        assert.deepEqual([Buffer.from(valueHash ?? []), version], [sha256('two'), { blockNum: 2n, txNum: 0 }]);
        assert.deepEqual(
          current.privateWrites(1n).map(({ txNum, writes }) => [txNum, writes.map(({ key }) => key)]),
          [
            [0, ['a', 'b']],
            [1, ['c']],
          ],
        );
        assert.deepEqual(current.privateWrites(0n), []);
      }
    });
  });

  it('show on the channel as hashes only', async () => {
    await withLedger(async (ledger) => {
      const { bytes } = await commitDrafts(ledger, [secretly('t', [put('private key', 'private value')])]);
      assert.equal(Buffer.from(bytes).includes('private'), false);
    });
  });

  it('are refused where the hashes are of something else, and nothing is written', async () => {
    await withLedger(async (ledger) => {
      const draft = secretly('t', [put('a', '1')]);
      for (const writes of [[put('a', '2')], [put('b', '1')], [put('a', '1'), put('b', '1')], [remove('a')], []]) {
        const forged = { ...draft, privateWrites: [{ namespace: NAMESPACE, collection: COLLECTION, writes }] };
        await assert.rejects(commitDrafts(ledger, [forged]), { code: 'PRIVATE_WRITES_REFUSED' });
      }
      const elsewhere = {
        ...draft,
        privateWrites: [{ namespace: NAMESPACE, collection: 'other', writes: [put('a', '1')] }],
      };
      await assert.rejects(commitDrafts(ledger, [elsewhere]), { code: 'PRIVATE_WRITES_REFUSED' });
      assert.equal(ledger.chainInfo().height, 1n);
      await commitDrafts(ledger, [draft]);
      assert.equal(String(ledger.privateState(NAMESPACE, COLLECTION, 'a')?.value), '1');
    });
  });

  it('refuses hashes of keys that differ although the whole hash fits', async () => {
    await withLedger(async (ledger) => {
      const draft = secretly('t', [put('a', '1')]);
      const [collection] = draft.rwset[0]?.collections ?? [];
      for (const write of collection?.hashedWrites ?? []) write.valueHash = sha256('2');
      await assert.rejects(commitDrafts(ledger, [draft]), { code: 'PRIVATE_WRITES_REFUSED' });
    });
  });

  it('of a transaction that is not valid are not kept', async () => {
    await withLedger(async (ledger) => {
      const refused = { ...secretly('t', [put('a', '1')]), code: ValidationCode.ENDORSEMENT_POLICY_FAILURE };
      await commitDrafts(ledger, [refused]);
      assert.equal(ledger.privateState(NAMESPACE, COLLECTION, 'a'), undefined);
      assert.deepEqual(ledger.privateWrites(1n), []);
    });
  });

  it('leave the hash where the plain text did not come along, and no older plain text beside it', async () => {
    await withLedger(async (ledger) => {
      await commitDrafts(ledger, [secretly('t1', [put('a', '1')])]);
      await commitDrafts(ledger, [{ ...secretly('t2', [put('a', '2')]), privateWrites: [] }]);
      assert.equal(ledger.privateState(NAMESPACE, COLLECTION, 'a'), undefined);
      const { valueHash } = ledger.privateHash(NAMESPACE, COLLECTION, sha256('a')) ?? {};
      assert.deepEqual(Buffer.from(valueHash ?? []), sha256('2'));
    });
  });

  it('that are purged leave state, hash and the replay of their block', async () => {
    await withLedger(async (ledger, reopen) => {
      await commitDrafts(ledger, [secretly('t1', [put('a', '1')]), secretly('t2', [put('b', '2')])]);
      const purge = secretly('t3', [remove('a')]);
      for (const write of purge.rwset[0]?.collections[0]?.hashedWrites ?? []) write.isPurge = true;
      await commitDrafts(ledger, [purge]);
      for (const opened of [() => ledger, () => reopen('without index')]) {
        const current = await opened();
        assert.equal(current.privateState(NAMESPACE, COLLECTION, 'a'), undefined);
        assert.equal(current.privateHash(NAMESPACE, COLLECTION, sha256('a')), undefined);
        assert.deepEqual(
          current.privateWrites(1n).map(({ writes }) => writes.map(({ key }) => key)),
          [['b']],
        );
      }
    });
  });

  it('read in a version that is no longer the current one invalidate a transaction', async () => {
    await withLedger(async (ledger) => {
      await commitDrafts(ledger, [secretly('t1', [put('a', '1')])]);
      const reading = (txId: string, blockNum?: bigint): Draft => {
        const read = { keyHash: sha256('a'), ...(blockNum !== undefined && { version: { blockNum, txNum: 0 } }) };
        return { txId, rwset: rwset({ collections: [{ ...hashedCollection(COLLECTION, []), hashedReads: [read] }] }) };
      };
      const { codes } = await commitDrafts(ledger, [
        reading('t2', 1n),
        reading('t3'),
        secretly('t4', [put('a', '2')]),
        reading('t5', 1n),
      ]);
      const { VALID, MVCC_READ_CONFLICT } = ValidationCode;
      assert.deepEqual(codes, [VALID, MVCC_READ_CONFLICT, VALID, MVCC_READ_CONFLICT]);
    });
  });

  it('can be asked by selector', async () => {
    await withLedger(async (ledger) => {
      await commitDrafts(ledger, [secretly('t', [put('a', '{"n":1}'), put('b', '{"n":2}'), put('c', 'no document')])]);
      const found = ledger.privateQuery(NAMESPACE, COLLECTION, { selector: { n: { $gt: 1 } } });
      assert.deepEqual(
        found.map(({ key }) => key),
        ['b'],
      );
    });
  });
});

/** A transaction that writes to the collection and nothing else. */
function secretly(txId: string, writes: KeyWrite[]): Draft {
  return {
    txId,
    rwset: rwset({ collections: [hashedCollection(COLLECTION, writes)] }),
    privateWrites: [{ namespace: NAMESPACE, collection: COLLECTION, writes }],
  };
}

type Reopen = (how: 'as it is' | 'without index') => Promise<Ledger>;

async function withLedger(use: (ledger: Ledger, reopen: Reopen) => Promise<void>): Promise<void> {
  await withDirectory(async (dir) => {
    let ledger = await openLedger({ dir, channel: CHANNEL });
    try {
      await commitGenesis(ledger);
      await use(ledger, async (how) => {
        ledger.close();
        if (how === 'without index') await rm(join(dir, 'index'), { recursive: true });
        ledger = await openLedger({ dir, channel: CHANNEL });
        return ledger;
      });
    } finally {
      ledger.close();
    }
    assert.deepEqual(await verifyLedger({ dir, channel: CHANNEL }), []);
  });
}

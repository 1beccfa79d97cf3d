import assert from 'node:assert/strict';
import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import Database from 'libsql';
import {
  decodeBlockRecord,
  encodeBlockRecord,
  MetadataIndex,
} from '../../../network/embedded/ledger/block-serialization.js';
import { openLedger, verifyLedger } from '../../../network/embedded/ledger/index.js';
import { ValidationCode } from '../../../network/embedded/ledger/types.js';
import type { BlockParts } from '../../../network/embedded/ledger/types.js';
import {
  BLOCK_FILE,
  CHANNEL,
  commitDrafts,
  commitGenesis,
  hashedCollection,
  NAMESPACE,
  put,
  rwset,
  withDirectory,
} from './chain.js';

describe('verifying a ledger', () => {
  it('finds nothing in one that holds, and shows each block to the caller', async () => {
    await withWrittenLedger(async (dir) => {
      const seen: unknown[] = [];
      const findings = await verifyLedger({
        dir,
        channel: CHANNEL,
        checkBlock: ({ number, codes, txIds }) => {
          seen.push([number, codes, txIds]);
          return [];
        },
      });
      assert.deepEqual(findings, []);
      const { VALID, MVCC_READ_CONFLICT } = ValidationCode;
      assert.deepEqual(seen, [
        [0, [VALID], ['']],
        [1, [VALID, MVCC_READ_CONFLICT], ['t1', 't2']],
        [2, [VALID], ['t3']],
      ]);
    });
  });

  it("reports what the caller's check finds", async () => {
    await withWrittenLedger(async (dir) => {
      const checkBlock = ({ number }: { number: number }) => (number === 1 ? ['a signature is wrong'] : []);
      assert.deepEqual(await verifyLedger({ dir, channel: CHANNEL, checkBlock }), [
        { blockNum: 1, reason: 'a signature is wrong' },
      ]);
    });
  });

  it('finds a validation flag that replaying does not give', async () => {
    await withWrittenLedger(async (dir) => {
      await rewriteBlock(dir, 1, ({ metadata }) => {
        metadata[MetadataIndex.TRANSACTIONS_FILTER] = Uint8Array.from([0, 0]);
      });
      const [finding] = await verifyLedger({ dir, channel: CHANNEL });
      assert.deepEqual(finding, { blockNum: 1, reason: 'transaction 1 has flag 0, replaying it gives 11' });
    });
  });

  it('finds metadata that are missing', async () => {
    await withWrittenLedger(async (dir) => {
      await rewriteBlock(dir, 2, ({ metadata }) => {
        metadata[MetadataIndex.SIGNATURES] = new Uint8Array();
      });
      assert.deepEqual((await verifyLedger({ dir, channel: CHANNEL }))[0], {
        blockNum: 2,
        reason: 'it has no orderer signature',
      });
      await rewriteBlock(dir, 2, (parts) => {
        parts.metadata = parts.metadata.slice(0, 2);
      });
      const reasons = (await verifyLedger({ dir, channel: CHANNEL })).map(({ reason }) => reason);
      assert.match(reasons.join('\n'), /2 metadata entries/);
    });
  });

  it('finds stored state, history, hashes and transactions that the blocks do not give', async () => {
    const forgeries = {
      state: "UPDATE state SET value = x'31' WHERE key = CAST('a' AS BLOB)",
      history: 'DELETE FROM history WHERE block = 2',
      private_state: "INSERT INTO private_state(namespace, collection, key_hash) VALUES ('cc', 'payloads', x'00')",
      transactions: "UPDATE transactions SET code = 0 WHERE tx_id = 't2'",
      blocks: "UPDATE blocks SET hash = x'00' WHERE number = 1",
    };
    for (const [table, sql] of Object.entries(forgeries)) {
      await withWrittenLedger(async (dir) => {
        const database = new Database(join(dir, 'index', `${CHANNEL}.sqlite`));
        database.exec(sql);
        database.close();
        const [finding, ...others] = await verifyLedger({ dir, channel: CHANNEL });
        assert.match(finding?.reason ?? '', new RegExp(`^the stored ${table} differ from the blocks at `));
        assert.deepEqual(others, []);
      });
    }
  });

  it('holds an index that a process left some blocks behind against the blocks that it has', async () => {
    await withDirectory(async (dir) => {
      const ledger = await openLedger({ dir, channel: CHANNEL });
      await commitGenesis(ledger);
      for (let block = 1; block < 50; block++) {
        const writes = [put('head', `{"n":${block}}`), put(`record ${block}`, '{}')];
        await commitDrafts(ledger, [{ txId: `t${block}`, rwset: rwset({ writes }) }]);
      }
      await withDirectory(async (died) => {
        await cp(dir, died, { recursive: true });
        assert.deepEqual(await verifyLedger({ dir: died, channel: CHANNEL }), []);
        const database = new Database(join(died, 'index', `${CHANNEL}.sqlite`));
        const [height] = database.prepare('SELECT count(*) FROM blocks').raw().get([]) as [number];
        assert.ok(height > 0 && height < 50, `${height} blocks`);
        database.exec("UPDATE state SET value = x'31' WHERE key = CAST('head' AS BLOB)");
        database.close();
        const [finding] = await verifyLedger({ dir: died, channel: CHANNEL });
        assert.match(finding?.reason ?? '', /^the stored state differ from the blocks at cc head$/);
      });
      ledger.close();
    });
  });

  it('finds a torn tail, a damaged block, lost private data and a missing index', async () => {
    await withWrittenLedger(async (dir) => {
      const file = join(dir, BLOCK_FILE);
      const bytes = await readFile(file);
      await writeFile(file, Buffer.concat([bytes, Buffer.from([9, 9])]));
      assert.deepEqual(
        (await verifyLedger({ dir, channel: CHANNEL }))[0]?.reason,
        '2 bytes behind the last block are no whole block',
      );
      const damaged = Buffer.from(bytes);
      damaged.writeUInt8(7, 40);
      await writeFile(file, damaged);
      assert.match(
        (await verifyLedger({ dir, channel: CHANNEL }))[0]?.reason ?? '',
        /block 0, blockfile_000000, byte 0/,
      );
      await writeFile(file, bytes);
      await rm(join(dir, 'privateData'), { recursive: true });
      assert.match((await verifyLedger({ dir, channel: CHANNEL }))[0]?.reason ?? '', /private-data record is missing/);
      await rm(join(dir, 'index'), { recursive: true });
      assert.match((await verifyLedger({ dir, channel: CHANNEL })).at(-1)?.reason ?? '', /no index/);
    });
  });
});

/** A closed ledger of three blocks with a conflict and private data. */
async function withWrittenLedger(use: (dir: string) => Promise<void>): Promise<void> {
  await withDirectory(async (dir) => {
    const ledger = await openLedger({ dir, channel: CHANNEL });
    await commitGenesis(ledger);
    const stale = { key: 'a', version: { blockNum: 0n, txNum: 9 } };
    await commitDrafts(ledger, [
      { txId: 't1', rwset: rwset({ writes: [put('a', '{"n":1}')] }) },
      { txId: 't2', rwset: rwset({ reads: [stale], writes: [put('b', '{"n":2}')] }) },
    ]);
    const writes = [put('p', 'secret')];
    await commitDrafts(ledger, [
      {
        txId: 't3',
        rwset: rwset({ writes: [put('a', '{"n":3}')], collections: [hashedCollection('payloads', writes)] }),
        privateWrites: [{ namespace: NAMESPACE, collection: 'payloads', writes }],
      },
    ]);
    ledger.close();
    await use(dir);
  });
}

/** Changes one block in the file, which nothing but the ledger's own checks can notice. */
async function rewriteBlock(dir: string, number: number, change: (parts: BlockParts) => void): Promise<void> {
  const file = join(dir, BLOCK_FILE);
  const bytes = await readFile(file);
  const records: Uint8Array[] = [];
  for (let offset = 0; offset < bytes.length;) {
    const record = decodeBlockRecord(bytes, offset);
    assert.ok(record.kind === 'block');
    if (record.parts.number === number) change(record.parts);
    records.push(encodeBlockRecord(record.parts));
    offset = record.end;
  }
  await writeFile(file, Buffer.concat(records));
}

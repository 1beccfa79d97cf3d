import assert from 'node:assert/strict';
import { cp, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LedgerError, openLedger, verifyLedger } from '../../../network/embedded/ledger/index.js';
import {
  CHANNEL,
  commitDrafts,
  commitGenesis,
  hashedCollection,
  NAMESPACE,
  put,
  rwset,
  withDirectory,
} from './chain.js';

const BLOCKS = 30;
const BLOCK_FILES = join('ledgersData', 'chains', 'chains', CHANNEL);
const PRIVATE_FILES = join('privateData', CHANNEL);

describe('opening a ledger of many files', () => {
  it('reads the newest files only', async () => {
    await withManyFiles(async (dir) => {
      assert.ok((await blocksReadAtOpening(dir)) < 6);
      assert.deepEqual(await verifyLedger({ dir, channel: CHANNEL }), []);
    });
  });

  it('reads files from elsewhere once, also where a process died over them', async () => {
    await withManyFiles(async (dir) => {
      const running = await openLedger({ dir, channel: CHANNEL, maxFileBytes: 1000 });
      await withDirectory(async (copy) => {
        await cp(dir, copy, { recursive: true });
        assert.equal(await blocksReadAtOpening(copy), BLOCKS);
        assert.ok((await blocksReadAtOpening(copy)) < 6);
      });
      running.close();
    });
  });

  it('refuses a bit flipped in any file, and names the file', async () => {
    await withManyFiles(async (dir) => {
      for (const [folder, code] of [
        [BLOCK_FILES, 'BLOCK_DAMAGED'],
        [PRIVATE_FILES, 'PRIVATE_DATA_DAMAGED'],
      ] as const) {
        for (const file of await readdir(join(dir, folder))) {
          const bytes = await readFile(join(dir, folder, file));
          const flipped = Buffer.from(bytes);
          flipped[40] = (flipped[40] ?? 0) ^ 1; // in the first record
          await writeFile(join(dir, folder, file), flipped);
          const error: unknown = await openLedger({ dir, channel: CHANNEL }).catch((reason: unknown) => reason);
          assert.ok(error instanceof LedgerError, file);
          assert.deepEqual([error.code, error.place?.file], [code, file]);
          await writeFile(join(dir, folder, file), bytes);
        }
      }
      assert.ok((await blocksReadAtOpening(dir)) > 6, 'what was touched is read again');
    });
  });

  it('finds at the latest when it reads a block that its bytes have changed', async () => {
    await withManyFiles(async (dir) => {
      const ledger = await openLedger({ dir, channel: CHANNEL });
      const path = join(dir, BLOCK_FILES, 'blockfile_000002');
      const bytes = await readFile(path);
      const value = bytes.indexOf('"value":'); // in the first write of the file's first block
      bytes[value + 1] = 'V'.charCodeAt(0);
      await writeFile(path, bytes);
      const read = () => Array.from({ length: BLOCKS }, (_, number) => ledger.blockByNumber(BigInt(number)));
      assert.throws(read, { code: 'BLOCK_DAMAGED' });
      ledger.close();
    });
  });
});

/** A closed ledger whose blocks, and whose private data, are in more than four files each. */
async function withManyFiles(use: (dir: string) => Promise<void>): Promise<void> {
  await withDirectory(async (dir) => {
    const ledger = await openLedger({ dir, channel: CHANNEL, maxFileBytes: 1000 });
    await commitGenesis(ledger);
    for (let blockNum = 1; blockNum < BLOCKS; blockNum++) {
      const secret = [put(`p${blockNum}`, 's'.repeat(200))];
      const draft = {
        txId: `t${blockNum}`,
        rwset: rwset({
          writes: [put('k', `{"value":${blockNum}}`)],
          collections: [hashedCollection('payloads', secret)],
        }),
        privateWrites: [{ namespace: NAMESPACE, collection: 'payloads', writes: secret }],
      };
      // Some blocks are without private data.
      if (blockNum % 5 > 0) await commitDrafts(ledger, [draft]);
      else await commitDrafts(ledger, [{ txId: draft.txId, rwset: rwset({ writes: [put('k', '{"value":0}')] }) }]);
    }
    ledger.close();
    for (const folder of [BLOCK_FILES, PRIVATE_FILES]) assert.ok((await readdir(join(dir, folder))).length > 4);
    await use(dir);
  });
}

/** Opens the ledger and closes it again. */
async function blocksReadAtOpening(dir: string): Promise<number> {
  let read = 0;
  const ledger = await openLedger({
    dir,
    channel: CHANNEL,
    maxFileBytes: 1000,
    onProgress: ({ blocks }) => (read = blocks),
  });
  assert.equal(ledger.chainInfo().height, BigInt(BLOCKS));
  ledger.close();
  return read;
}

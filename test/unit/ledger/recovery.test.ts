import assert from 'node:assert/strict';
import { cp, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LedgerError, openLedger, verifyLedger } from '../../../network/embedded/ledger/index.js';
import type { Ledger } from '../../../network/embedded/ledger/types.js';
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

const PRIVATE_FILE = join('privateData', CHANNEL, 'privatedata_000000');
const INDEX_FILE = join('index', `${CHANNEL}.sqlite`);

describe('recovery', function () {
  // One opening, with its syncs, for every byte.
  this.timeout(180_000);

  it('repairs a block that was torn at any byte, and goes on', async () => {
    await withWrittenLedger(async ({ dir, sizes }) => {
      const [before = 0, after = 0] = sizes.slice(-2);
      await rm(join(dir, 'index'), { recursive: true });
      for (let size = before; size < after; size++) {
        await withCopy(dir, async (copy) => {
          await truncate(join(copy, BLOCK_FILE), size);
          const repairs: unknown[] = [];
          const ledger = await openLedger({ dir: copy, channel: CHANNEL, onRepair: (repair) => repairs.push(repair) });
          assert.equal(ledger.chainInfo().height, 3n);
          assert.deepEqual(repairs, size > before ? [{ blockNum: 3, reason: 'torn block' }] : []);
          await goOn(copy, ledger, size % 20 === 0);
        });
      }
    });
  });

  it('drops a last block whose private data were never synced, with whatever was torn of them', async () => {
    await withWrittenLedger(async ({ dir, privateSizes }) => {
      const [before = 0, after = 0] = privateSizes.slice(-2);
      await rm(join(dir, 'index'), { recursive: true });
      for (let size = before; size < after; size++) {
        await withCopy(dir, async (copy) => {
          await truncate(join(copy, PRIVATE_FILE), size);
          const ledger = await openLedger({ dir: copy, channel: CHANNEL });
          assert.equal(ledger.chainInfo().height, 3n);
          assert.equal(ledger.privateState(NAMESPACE, 'payloads', 'p3'), undefined);
          await goOn(copy, ledger, size % 20 === 0);
        });
      }
    });
  });

  it('refuses a flipped bit anywhere in the block file, and names the place', async () => {
    await withWrittenLedger(async ({ dir, sizes }) => {
      const bytes = await readFile(join(dir, BLOCK_FILE));
      await rm(join(dir, 'index'), { recursive: true });
      const ledger = await openLedger({ dir, channel: CHANNEL });
      ledger.close();
      for (let offset = 0; offset < bytes.length; offset++) {
        const flipped = Buffer.from(bytes);
        flipped[offset] = (flipped[offset] ?? 0) ^ (1 << (offset % 8));
        await writeFile(join(dir, BLOCK_FILE), flipped);
        const error = await failure(openLedger({ dir, channel: CHANNEL }));
        const blockNum = sizes.findIndex((size) => offset < size);
        assert.equal(error.code, 'BLOCK_DAMAGED', `byte ${offset}: ${error.message}`);
        // What a block's own hashes do not cover shows at the next one.
        const found = error.place?.blockNum ?? -1;
        assert.ok(found === blockNum || found === blockNum + 1, `byte ${offset}: ${error.message}`);
        assert.equal(error.place?.file, 'blockfile_000000');
      }
      await writeFile(join(dir, BLOCK_FILE), bytes);
      (await openLedger({ dir, channel: CHANNEL })).close();
    });
  });

  it('never takes a flipped bit for a torn tail, even without an index', async () => {
    await withWrittenLedger(async ({ dir, sizes }) => {
      const bytes = await readFile(join(dir, BLOCK_FILE));
      const metadataIsNotHashed = new Set<number>();
      for (let offset = sizes.at(-2) ?? 0; offset < bytes.length; offset++) {
        await rm(join(dir, 'index'), { recursive: true, force: true });
        const flipped = Buffer.from(bytes);
        flipped[offset] = (flipped[offset] ?? 0) ^ (1 << (offset % 8));
        await writeFile(join(dir, BLOCK_FILE), flipped);
        const ledger = await openLedger({ dir, channel: CHANNEL }).catch((error: unknown) => error);
        if (ledger instanceof Error) {
          assert.ok(ledger instanceof LedgerError, String(ledger));
          continue;
        }
        metadataIsNotHashed.add(offset);
        assert.equal((ledger as Ledger).chainInfo().height, 4n, `byte ${offset}`);
        (ledger as Ledger).close();
      }
      // Only the orderer's signature is beyond the ledger's own hashes: whoever checks signatures finds it.
      const signature = bytes.lastIndexOf('orderer signature');
      for (const offset of metadataIsNotHashed) {
        assert.ok(offset >= signature && offset < signature + 'orderer signature'.length, `byte ${offset}`);
      }
    });
  });

  it('refuses a flipped bit anywhere in the private data', async () => {
    await withWrittenLedger(async ({ dir }) => {
      const bytes = await readFile(join(dir, PRIVATE_FILE));
      for (let offset = 0; offset < bytes.length; offset++) {
        const flipped = Buffer.from(bytes);
        flipped[offset] = (flipped[offset] ?? 0) ^ (1 << (offset % 8));
        await writeFile(join(dir, PRIVATE_FILE), flipped);
        const error = await failure(openLedger({ dir, channel: CHANNEL }));
        assert.equal(error.code, 'PRIVATE_DATA_DAMAGED', `byte ${offset}: ${error.message}`);
      }
    });
  });

  it('brings an index that is missing, behind or broken up to date', async () => {
    await withWrittenLedger(async ({ dir, snapshots }) => {
      const spoil = {
        missing: (copy: string) => rm(join(copy, INDEX_FILE)),
        behind: async (copy: string) => cp(join(snapshots, '2', INDEX_FILE), join(copy, INDEX_FILE)),
        garbage: (copy: string) => writeFile(join(copy, INDEX_FILE), 'this is no database, however long it may be'),
        empty: (copy: string) => truncate(join(copy, INDEX_FILE), 0),
        cut: async (copy: string) => truncate(join(copy, INDEX_FILE), (await stat(join(copy, INDEX_FILE))).size / 2),
      };
      for (const [how, damage] of Object.entries(spoil)) {
        await withCopy(dir, async (copy) => {
          await damage(copy);
          const ledger = await openLedger({ dir: copy, channel: CHANNEL });
          assert.equal(value(ledger.state(NAMESPACE, 'k3')?.value), 'value 3', how);
          assert.equal(value(ledger.privateState(NAMESPACE, 'payloads', 'p1')?.value), 'secret 1', how);
          ledger.close();
          assert.deepEqual(await verifyLedger({ dir: copy, channel: CHANNEL }), [], how);
        });
      }
    });
  });

  it('refuses to open when blocks that were committed are gone', async () => {
    await withWrittenLedger(async ({ dir, sizes }) => {
      for (const size of [0, 1, ...sizes.slice(0, -1), (sizes.at(-1) ?? 0) - 1]) {
        await withCopy(dir, async (copy) => {
          await truncate(join(copy, BLOCK_FILE), size);
          assert.equal(
            (await failure(openLedger({ dir: copy, channel: CHANNEL }))).code,
            'BLOCKS_LOST',
            `${size} bytes`,
          );
          assert.equal((await stat(join(copy, BLOCK_FILE))).size, size, 'nothing was cut off');
        });
      }
    });
  });

  it('refuses to open when private data of an earlier block are gone', async () => {
    await withWrittenLedger(async ({ dir }) => {
      await rm(join(dir, 'index'), { recursive: true });
      await truncate(join(dir, PRIVATE_FILE), 0);
      assert.equal((await failure(openLedger({ dir, channel: CHANNEL }))).code, 'PRIVATE_DATA_DAMAGED');
    });
  });
});

interface Written {
  dir: string;
  /** Copies of the directory after each block. */
  snapshots: string;
  /** Sizes of the block file and of the private-data file after each block. */
  sizes: number[];
  privateSizes: number[];
}

/** A closed ledger of four blocks; each but the first has a public and a private write. */
async function withWrittenLedger(use: (written: Written) => Promise<void>): Promise<void> {
  await withDirectory(async (root) => {
    const dir = join(root, 'ledger');
    const snapshots = join(root, 'snapshots');
    const sizes: number[] = [];
    const privateSizes: number[] = [];
    for (let blockNum = 0; blockNum < 4; blockNum++) {
      const ledger = await openLedger({ dir, channel: CHANNEL });
      await (blockNum === 0 ? commitGenesis(ledger) : commitBlock(ledger, blockNum));
      ledger.close();
      await cp(dir, join(snapshots, String(blockNum)), { recursive: true });
      sizes.push((await stat(join(dir, BLOCK_FILE))).size);
      privateSizes.push((await stat(join(dir, PRIVATE_FILE))).size);
    }
    await use({ dir, snapshots, sizes, privateSizes });
  });
}

async function commitBlock(ledger: Ledger, blockNum: number): Promise<void> {
  const secret = [put(`p${blockNum}`, `secret ${blockNum}`)];
  const collections = [hashedCollection('payloads', secret)];
  await commitDrafts(ledger, [
    {
      txId: `tx-${blockNum}`,
      rwset: rwset({ writes: [put(`k${blockNum}`, `value ${blockNum}`)], collections }),
      privateWrites: [{ namespace: NAMESPACE, collection: 'payloads', writes: secret }],
    },
  ]);
}

/** Closes a repaired ledger; where asked to, after another block, and then the whole of it holds. */
async function goOn(dir: string, ledger: Ledger, thoroughly: boolean): Promise<void> {
  if (thoroughly) await commitBlock(ledger, 3);
  ledger.close();
  if (thoroughly) assert.deepEqual(await verifyLedger({ dir, channel: CHANNEL }), []);
}

async function withCopy(dir: string, use: (copy: string) => Promise<void>): Promise<void> {
  await withDirectory(async (copy) => {
    await cp(dir, copy, { recursive: true });
    await use(copy);
  });
}

async function failure(opening: Promise<Ledger>): Promise<LedgerError> {
  const error: unknown = await opening.then(
    (ledger) => ledger.close(),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof LedgerError, `it opened, or failed with ${String(error)}`);
  return error;
}

function value(bytes: Uint8Array | undefined): string | undefined {
  return bytes && Buffer.from(bytes).toString();
}

import assert from 'node:assert/strict';
import { readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { common } from '@hyperledger/fabric-protos';
import fc from 'fast-check';
import {
  decodeBlockRecord,
  encodeBlockRecord,
  serializeBlock,
} from '../../../network/embedded/ledger/block-serialization.js';
import { openLedger, verifyLedger } from '../../../network/embedded/ledger/index.js';
import type { BlockParts } from '../../../network/embedded/ledger/types.js';
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

const bytes = fc.uint8Array({ maxLength: 200 });
const block = fc.record({
  number: fc.maxSafeNat(),
  previousHash: bytes,
  dataHash: bytes,
  envelopes: fc.array(bytes, { maxLength: 4 }),
  metadata: fc.array(bytes, { maxLength: 5 }),
});

describe('block files', () => {
  it('hold a block so that it comes back as it was, and never take a part for a whole', () => {
    fc.assert(
      fc.property(block, fc.nat(20), (parts, before) => {
        const record = encodeBlockRecord(parts);
        const file = Buffer.concat([Buffer.alloc(before), record]);
        const decoded = decodeBlockRecord(file, before);
        assert.ok(decoded.kind === 'block');
        assert.deepEqual(plain(decoded.parts), plain(parts));
        assert.equal(decoded.end, file.length);
        for (let size = before; size < file.length; size++) {
          assert.equal(decodeBlockRecord(file.subarray(0, size), before).kind, 'torn');
        }
      }),
      { numRuns: 50 },
    );
  });

  it('are written as Fabric writes them', () => {
    const parts = {
      number: 300,
      dataHash: Buffer.from('d'),
      previousHash: Buffer.from('pp'),
      envelopes: [Buffer.from('e')],
      metadata: [Buffer.alloc(0), Buffer.from('m')],
    };
    const expected = ['0e', 'ac02', '0164', '027070', '01', '0165', '02', '00', '016d'].join('');
    assert.equal(Buffer.from(encodeBlockRecord(parts)).toString('hex'), expected);
  });

  it('are handed out as serialized common.Blocks', () => {
    const read = (bytes: Uint8Array): BlockParts => {
      const message = common.Block.deserializeBinary(bytes);
      const header = message.getHeader();
      return {
        number: header?.getNumber() ?? -1,
        previousHash: header?.getPreviousHash_asU8() ?? new Uint8Array(),
        dataHash: header?.getDataHash_asU8() ?? new Uint8Array(),
        envelopes: message.getData()?.getDataList_asU8() ?? [],
        metadata: message.getMetadata()?.getMetadataList_asU8() ?? [],
      };
    };
    fc.assert(fc.property(block, (parts) => assert.deepEqual(plain(read(serializeBlock(parts))), plain(parts))));
  });

  it('roll over, and are read across files', async () => {
    await withDirectory(async (dir) => {
      const options = { dir, channel: CHANNEL, maxFileBytes: 1000 };
      let ledger = await openLedger(options);
      await commitGenesis(ledger);
      for (let blockNum = 1; blockNum <= 12; blockNum++) {
        const writes = [put(`p${blockNum}`, 's'.repeat(300))];
        await commitDrafts(ledger, [
          {
            txId: `t${blockNum}`,
            rwset: rwset({ writes: [put('k', String(blockNum))], collections: [hashedCollection('payloads', writes)] }),
            privateWrites: [{ namespace: NAMESPACE, collection: 'payloads', writes }],
          },
        ]);
      }
      const blockFiles = join(dir, 'ledgersData', 'chains', 'chains', CHANNEL);
      assert.ok((await readdir(blockFiles)).length > 3);
      assert.ok((await readdir(join(dir, 'privateData', CHANNEL))).length > 3);
      ledger.close();
      await rm(join(dir, 'index'), { recursive: true });
      ledger = await openLedger(options);
      assert.deepEqual(
        [...ledger.history(NAMESPACE, 'k')].map(({ value }) => String(Buffer.from(value))),
        Array.from({ length: 12 }, (_, index) => String(12 - index)),
      );
      assert.equal(ledger.blockByNumber(7n)?.txIds[0], 't7');
      assert.equal(ledger.privateWrites(9n)[0]?.writes[0]?.key, 'p9');
      ledger.close();
      assert.deepEqual(await verifyLedger({ dir, channel: CHANNEL }), []);
      await rename(join(blockFiles, 'blockfile_000001'), join(blockFiles, 'elsewhere'));
      await assert.rejects(openLedger(options), { code: 'BLOCKS_LOST' });
    });
  });
});

/** The same content, whatever kind of byte array holds it. */
function plain(value: object): unknown {
  return JSON.parse(
    JSON.stringify(value, (_, item: unknown) => (item instanceof Uint8Array ? [...item] : revive(item))),
  );
}

/** `Buffer.toJSON` runs before a replacer sees the bytes. */
function revive(item: unknown): unknown {
  const isBuffer =
    typeof item === 'object' && item !== null && 'type' in item && item.type === 'Buffer' && 'data' in item;
  return isBuffer ? item.data : item;
}

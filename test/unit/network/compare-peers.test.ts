import assert from 'node:assert/strict';
import { common } from '@hyperledger/fabric-protos';
import { describe, it } from 'mocha';
import { differences } from '../../../network/native/compare-peers.js';

/** A block as a peer hands it out. */
function block(dataHash: string, flags: number[], commitHash: string): common.Block {
  const header = new common.BlockHeader();
  header.setNumber(7);
  header.setDataHash(Buffer.from(dataHash));
  const metadata = new common.BlockMetadata();
  const parts = ['its own', '', Buffer.from(flags), '', commitHash];
  metadata.setMetadataList(parts.map((part) => Buffer.from(part)));
  const made = new common.Block();
  made.setHeader(header);
  made.setMetadata(metadata);
  return common.Block.deserializeBinary(made.serializeBinary());
}

describe('peers that are compared by the last block that all of them have', () => {
  const compare = (...blocks: common.Block[]): string[] =>
    differences(new Map(blocks.map((one, index) => [`peer${index}`, one])));

  it('agree where header, flags and commit hash do', () => {
    assert.deepEqual(compare(block('a', [0], 'x'), block('a', [0], 'x'), block('a', [0], 'x')), []);
    assert.deepEqual(compare(), []);
  });

  it('are named where their blocks differ', () => {
    const [finding, ...more] = compare(block('a', [0], 'x'), block('a', [0], 'x'), block('b', [0], 'x'));
    assert.equal(finding, 'peer0 and peer2 have different blocks, at 7 or before');
    assert.deepEqual(more, []);
  });

  it('are named where one has found valid, or has written, what the other has not', () => {
    for (const other of [block('a', [11], 'x'), block('a', [0], 'y')]) {
      assert.match(compare(block('a', [0], 'x'), other).join(), /^peer0 and peer1 have the same blocks up to 7, but/);
    }
  });
});

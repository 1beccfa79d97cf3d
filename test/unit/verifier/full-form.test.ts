import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { headerBytes } from '../../../network/embedded/wire/block.js';
import { checkOrderers } from '../../../verifier/block/orderers.js';
import { writeHeader } from '../../../verifier/block/header.js';
import { readTrust, verifyEvidence } from '../../../verifier/index.js';
import { GOLDEN, goldenTrust, readGolden } from './golden.js';
import { createSigners } from './signers.js';
import type { Endorser } from './signers.js';

const trust = goldenTrust('full');
const full = readGolden('full');

function verify(text: string) {
  return verifyEvidence(Buffer.from(text), trust, { challenge: GOLDEN.full.challenge });
}

describe('the full form', function () {
  this.timeout(60_000);

  it('is neither a receipt with a block, nor a full form without one', () => {
    for (const file of [
      { ...full, form: 'receipt' },
      { ...readGolden('receipt'), form: 'full' },
    ]) {
      assert.equal(verify(JSON.stringify(file)).fault?.code, 'MALFORMED_EVIDENCE');
    }
  });

  it('never takes mangled envelopes for the block, and never fails but in its own words', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 40 }), fc.nat(), (noise, at) => {
        const file = structuredClone(full);
        const bytes = Buffer.from(file.block?.envelopes[0] ?? '', 'base64');
        const start = at % bytes.length;
        const edited = Buffer.concat([bytes.subarray(0, start), noise, bytes.subarray(start + noise.length)]);
        fc.pre(!edited.equals(bytes));
        if (file.block) file.block.envelopes[0] = edited.toString('base64');
        return verify(JSON.stringify(file)).verdict === 'invalid';
      }),
      { numRuns: 100 },
    );
  });
});

describe("a block's header", () => {
  it('is written as the ledger writes it', () => {
    const hash = fc.uint8Array({ minLength: 32, maxLength: 32 });
    fc.assert(
      fc.property(fc.nat(Number.MAX_SAFE_INTEGER), hash, hash, (number, previousHash, dataHash) => {
        const theirs = headerBytes({ number: BigInt(number), previousHash, dataHash });
        return theirs.equals(writeHeader({ number, previousHash, dataHash }));
      }),
    );
  });
});

describe('the signatures of BFT orderers', () => {
  const header = writeHeader({ number: 7, previousHash: new Uint8Array(32), dataHash: new Uint8Array(32) });
  const value = Buffer.from('the last configuration');

  async function fourConsenters() {
    const organization = await Promise.all([1, 2, 3, 4].map((id) => createSigners(`Orderer${id}`)));
    const signers = organization.map(({ peer }) => peer);
    const pems = new Map(signers.map(({ certificatePem }, index) => [`${index + 1}`, certificatePem]));
    const json = '{"version":1,"rule":{"at_least":1},"orderers":{"consensus":"bft"}}';
    const { orderers } = readTrust(json, new Map([['OneMSP', organization[0]?.authorityPem ?? '']]), pems);
    assert.ok(orderers);
    return { signers, orderers };
  }

  /** Fabric's Metadata, written by hand: chaincode libraries in the same process bring older messages of the same names. */
  async function sign(signers: Endorser[], numbers: number[], over: Uint8Array = header): Promise<Uint8Array> {
    const metadata = [field(1, value)];
    for (const number of numbers) {
      const identifier = Buffer.concat([Buffer.from([1 << 3, number]), field(2, Buffer.from('nonce'))]);
      const message = Buffer.concat([value, identifier, over]);
      const signature = await (signers[(number - 1) % signers.length]?.sign(message) ?? new Uint8Array());
      metadata.push(field(2, Buffer.concat([field(2, signature), field(3, identifier)])));
    }
    return Buffer.concat(metadata);
  }

  /** Of less than 128 bytes. */
  function field(number: number, content: Uint8Array): Buffer {
    return Buffer.concat([Buffer.from([(number << 3) | 2, content.length]), content]);
  }

  it('count from a quorum on, each consenter once, strangers not at all', async () => {
    const { signers, orderers } = await fourConsenters();
    const check = async (numbers: number[]) => {
      const metadata = await sign(signers, numbers);
      return checkOrderers({ metadata, header, time: Date.now(), at: '/block/signatures' }, orderers);
    };
    assert.deepEqual(await check([1, 3, 4]), ['consenter 1', 'consenter 3', 'consenter 4']);
    for (const few of [[1, 2], [1, 1, 1], [1, 2, 9], []]) {
      await assert.rejects(check(few), { code: 'ORDERERS_NOT_MET' });
    }
  });

  it('are over this very header', async () => {
    const { signers, orderers } = await fourConsenters();
    const other = writeHeader({ number: 8, previousHash: new Uint8Array(32), dataHash: new Uint8Array(32) });
    const metadata = await sign(signers, [1, 2, 3], other);
    const check = () => checkOrderers({ metadata, header, time: Date.now(), at: '/block/signatures' }, orderers);
    assert.throws(check, { code: 'SIGNATURE_INVALID' });
  });
});

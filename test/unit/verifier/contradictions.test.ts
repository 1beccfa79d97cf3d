import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { bracketOf, findContradictions } from '../../../verifier/index.js';
import type { Sighting } from '../../../verifier/index.js';

const HOUR = 3600;

/** A ledger whose block n has the hash `<chain><n>`. */
function sighting(height: number, seconds: number, more: Partial<Sighting> & { chain?: string } = {}): Sighting {
  const { chain = 'a', ...rest } = more;
  return {
    name: `at ${seconds}`,
    height,
    blocks: new Map([height - 2, height - 1].map((number) => [number, `${chain}${number}`])),
    seconds,
    observedBy: 'OneMSP',
    signers: [{ mspId: 'OneMSP', fingerprint: 'one' }],
    ...rest,
  };
}

const codes = (...sightings: Sighting[]) => findContradictions(sightings).map(({ code }) => code);

describe('checkpoints of one ledger', () => {
  it('agree as long as it grows, whoever looks', () => {
    const other = { observedBy: 'TwoMSP', signers: [{ mspId: 'TwoMSP', fingerprint: 'two' }] };
    assert.deepEqual(codes(sighting(5, 10), sighting(6, 20), sighting(6, 20, other), sighting(90, 30)), []);
  });

  it('show a fork where a block has two hashes, also one height apart', () => {
    assert.deepEqual(codes(sighting(5, 10), sighting(5, 20, { chain: 'b' })), ['FORK']);
    assert.deepEqual(codes(sighting(5, 10), sighting(6, 20, { chain: 'b' })), ['FORK']);
    assert.deepEqual(codes(sighting(5, 10), sighting(7, 20, { chain: 'b' })), []);
    const [fork] = findContradictions([sighting(6, 10), sighting(6, 20, { chain: 'b' })]);
    assert.match(fork?.detail ?? '', /^block 4 is a4 by at 10 .* b4 by at 20/);
  });

  it('show a cut where one peer has less than it had, as far as clocks can tell', () => {
    const other = { observedBy: 'TwoMSP' };
    assert.deepEqual(codes(sighting(9, 10), sighting(5, 11)), ['CUT_OFF']);
    assert.deepEqual(codes(sighting(9, 10), sighting(5, 10 + HOUR / 2, other)), []);
    assert.deepEqual(codes(sighting(9, 10), sighting(5, 11 + HOUR / 2, other)), ['CUT_OFF']);
    const recent = sighting(12, HOUR / 2 - 1);
    assert.deepEqual(codes(sighting(9, 10), recent, sighting(5, 11 + HOUR / 2, other)), ['CUT_OFF']);
    const otherPeer = { signers: [{ mspId: 'OneMSP', fingerprint: 'its second peer' }] };
    assert.deepEqual(codes(sighting(9, 10), sighting(5, 20, otherPeer)), []);
  });

  it('bracket a block by the last without it and the first with it', () => {
    const seen = [sighting(3, 10), sighting(5, 20), sighting(8, 30), sighting(9, 40)];
    const { not_before: before, not_after: after } = bracketOf(6, seen);
    assert.deepEqual([before?.height, after?.height], [5, 8]);
    assert.equal(before?.at, '1970-01-01T00:00:20.000000000Z');
    assert.deepEqual(bracketOf(20, seen).not_after, undefined);
    assert.deepEqual(bracketOf(0, seen).not_before, undefined);
  });
});

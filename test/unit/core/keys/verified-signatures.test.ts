import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { VerifiedSignatures } from '../../../../core/index.js';
import type { SignatureClaim } from '../../../../core/index.js';

const CLAIM: SignatureClaim = {
  fingerprint: 'ab',
  message: [Buffer.from('message')],
  signature: Buffer.from('signature'),
};

describe('signatures that were verified', () => {
  it('are not computed again, and what is not valid is, every time', () => {
    const verified = new VerifiedSignatures();
    for (const expected of [false, false, true])
      assert.equal(
        verified.isValid(CLAIM, () => expected),
        expected,
      );
    assert.equal(verified.isValid(CLAIM, neverAsked), true);
  });

  it('are known where they were made', () => {
    const verified = new VerifiedSignatures();
    verified.add(CLAIM);
    assert.equal(verified.isValid(CLAIM, neverAsked), true);
  });

  it('stand for the same certificate, message and signature alone, however the bytes lie', () => {
    // Few of them, so that they are often alike, or alike but for where one part ends.
    const bytes = fc.array(fc.constantFrom(0x20, 0x30, 0x31), { maxLength: 3 }).map((codes) => Uint8Array.from(codes));
    const claims = fc.record({
      fingerprint: fc.constantFrom('', '0', '1 ', '10 '),
      message: fc.array(bytes),
      signature: bytes,
    });
    fc.assert(
      fc.property(claims, claims, (one, other) => {
        const verified = new VerifiedSignatures();
        verified.add(one);
        assert.equal(
          verified.isValid(other, () => false),
          textOf(one) === textOf(other),
        );
      }),
    );
    const shifted = { ...CLAIM, signature: Buffer.from('signaturem'), message: [Buffer.from('essage')] };
    const verified = new VerifiedSignatures();
    verified.add(CLAIM);
    assert.equal(
      verified.isValid(shifted, () => false),
      false,
    );
  });

  it('do not depend on the parts that a message comes in', () => {
    const verified = new VerifiedSignatures();
    verified.add(CLAIM);
    assert.equal(verified.isValid({ ...CLAIM, message: [Buffer.from('mess'), Buffer.from('age')] }, neverAsked), true);
  });

  it('are forgotten, the oldest first, as others come', () => {
    const capacity = 8;
    const verified = new VerifiedSignatures(capacity);
    const numbered = (number: number) => ({ ...CLAIM, message: [Buffer.from(String(number))] });
    for (let number = 0; number < 10 * capacity; number++) {
      verified.add(numbered(number));
      const known = Array.from({ length: number + 1 }, (_, one) => verified.isValid(numbered(one), () => false));
      assert.ok(known.filter(Boolean).length <= capacity);
      assert.ok(known.slice(-capacity / 2).every(Boolean));
    }
  });

  it('are computed each time where the message is large', () => {
    const verified = new VerifiedSignatures();
    const large = { ...CLAIM, message: [new Uint8Array(65_536), new Uint8Array(1)] };
    verified.add(large);
    assert.equal(
      verified.isValid(large, () => false),
      false,
    );
  });
});

function neverAsked(): never {
  assert.fail('it was computed');
}

function textOf({ fingerprint, message, signature }: SignatureClaim): string {
  return JSON.stringify([fingerprint, Buffer.concat(message).toString('hex'), Buffer.from(signature).toString('hex')]);
}

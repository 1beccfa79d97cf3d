import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { hashInJavaScript, sha256Hex } from '../../../core/sha256.js';

describe('SHA-256', () => {
  it('is the same by Node and by JavaScript alone, over text and bytes in any parts', () => {
    // Some are longer than what is joined in one place that is used again.
    const long = fc.tuple(fc.constantFrom('a', 'é', '€', '\u{1F600}'), fc.integer({ min: 20_000, max: 25_000 }));
    const longText = long.map(([unit, length]) => unit.repeat(length));
    const part = fc.oneof(
      { arbitrary: fc.string({ unit: 'grapheme' }), weight: 9 },
      { arbitrary: fc.uint8Array(), weight: 9 },
      longText,
    );
    fc.assert(
      fc.property(fc.array(part), (parts) => {
        const whole = createHash('sha256').update(Buffer.concat(parts.map((one) => Buffer.from(one as string))));
        const expected = whole.digest('hex');
        return sha256Hex(...parts) === expected && hashInJavaScript(...parts) === expected;
      }),
    );
  });

  it('has the example of FIPS 180-4', () => {
    const expected = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
    assert.equal(sha256Hex('abc'), expected);
    assert.equal(hashInJavaScript('a', Uint8Array.of(0x62), 'c'), expected);
  });
});

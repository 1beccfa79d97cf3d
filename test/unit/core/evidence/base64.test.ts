import assert from 'node:assert/strict';
import fc from 'fast-check';
import { decodeBase64, decodeBase64Url, encodeBase64, encodeBase64Url } from '../../../../core/index.js';

describe('base64', () => {
  it('is that of RFC 4648, both ways', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        const text = encodeBase64(bytes);
        assert.equal(text, Buffer.from(bytes).toString('base64'));
        assert.deepEqual(decodeBase64(text), bytes);
      }),
    );
  });

  it('has one spelling for each value', () => {
    const others = ['A', 'AA', 'AA=', 'A===', '====', 'AB==', 'AAB=', 'AA==AAAA', 'AA\n=', 'AA_-', 'AAAA=', 'ÄÖÜß'];
    for (const text of others) assert.equal(decodeBase64(text), undefined, text);
  });

  it('takes or refuses any text that is canonical or not, and however long', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('A', 'B', '/', '='), maxLength: 12 }), (text) => {
        const decoded = decodeBase64(text);
        assert.equal(decoded !== undefined, Buffer.from(text, 'base64').toString('base64') === text);
      }),
    );
    const long = 'AAAA'.repeat(10_000_000);
    assert.equal(decodeBase64(`${long}*`), undefined);
    assert.equal(decodeBase64(`${long}***=`), undefined);
  });

  it('is that of JOSE too, both ways, in one spelling', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        const text = encodeBase64Url(bytes);
        assert.equal(text, Buffer.from(bytes).toString('base64url'));
        assert.deepEqual(decodeBase64Url(text), bytes);
      }),
    );
    for (const text of ['A', 'AB', 'AAAAA', 'AA==', 'A/', 'A+', 'AA=']) {
      assert.equal(decodeBase64Url(text), undefined, text);
    }
  });
});

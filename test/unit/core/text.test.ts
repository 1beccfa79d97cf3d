import assert from 'node:assert/strict';
import fc from 'fast-check';
import { utf8Bytes, utf8Length } from '../../../core/index.js';
import { countUtf8 } from '../../../core/text.js';

describe('length in UTF-8', () => {
  it('is the number of bytes that the text is encoded in', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit: 'binary' })), (text) => {
        assert.equal(utf8Length(text), utf8Bytes(text).length);
        assert.equal(countUtf8(text), utf8Bytes(text).length);
      }),
    );
  });
});

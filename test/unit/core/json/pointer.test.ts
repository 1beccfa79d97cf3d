import assert from 'node:assert/strict';
import fc from 'fast-check';
import { escapePointer, formatPointer } from '../../../../core/index.js';

/** RFC 6901 section 5: paths into its sample document and the pointers to them. */
const CASES: [(string | number)[], string][] = [
  [[], ''],
  [['foo'], '/foo'],
  [['foo', 0], '/foo/0'],
  [[''], '/'],
  [['a/b'], '/a~1b'],
  [['c%d'], '/c%d'],
  [['e^f'], '/e^f'],
  [['g|h'], '/g|h'],
  [['i\\j'], '/i\\j'],
  [['k"l'], '/k"l'],
  [[' '], '/ '],
  [['m~n'], '/m~0n'],
  [['~1'], '/~01'],
];

describe('JSON pointers (RFC 6901)', () => {
  for (const [path, pointer] of CASES) {
    it(`writes ${JSON.stringify(path)} as ${JSON.stringify(pointer)}`, () => {
      assert.equal(formatPointer(path), pointer);
    });
  }

  it('can be read back as section 4 says', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (key) => {
        const escaped = escapePointer(key);
        assert.ok(!escaped.includes('/'));
        assert.equal(escaped.replaceAll('~1', '/').replaceAll('~0', '~'), key);
      }),
    );
  });
});

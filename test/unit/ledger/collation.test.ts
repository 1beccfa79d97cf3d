import assert from 'node:assert/strict';
import fc from 'fast-check';
import { asciiCollationKey, collate, lettersOf } from '../../../network/embedded/ledger/collation.js';

const ascii = fc.string({ unit: 'binary-ascii', maxLength: 6 });
const longRuns = fc.tuple(fc.nat(600), fc.constantFrom('', 'A', 'b', 'AB')).map(([run, end]) => 'a'.repeat(run) + end);

describe('collation keys', () => {
  it('sort ASCII texts as the collation does', () => {
    const property = fc.property(fc.oneof(ascii, longRuns), fc.oneof(ascii, longRuns), (left, right) => {
      const [first, second] = [left, right].map((text) => asciiCollationKey(text) ?? assert.fail());
      assert.ok(first && second);
      assert.equal(Buffer.compare(first, second), Math.sign(collate(left, right)));
    });
    fc.assert(property, { numRuns: 2000 });
  });

  it('are equal, or the telling letters are, for all characters of Unicode that collate alike', () => {
    const characters: string[] = [];
    for (let code = 0; code < 0x110000; code++) {
      const character = String.fromCodePoint(code);
      if (/[^\p{Cs}\p{Cn}\p{Co}]/u.test(character)) characters.push(character);
    }
    const keyOf = (text: string): string => asciiCollationKey(text)?.toString('hex') ?? `other ${lettersOf(text)}`;
    characters.sort(collate);
    for (const [index, character] of characters.slice(1).entries()) {
      const previous = characters[index] ?? '';
      if (collate(previous, character) === 0)
        assert.equal(keyOf(previous), keyOf(character), `${previous} ${character}`);
    }
  });

  it('are none for what is not ASCII', () => {
    for (const text of ['\u00e9', 'e\u0301', '\u65e5\u672c', '\u{1f600}'])
      assert.equal(asciiCollationKey(text), undefined);
    assert.deepEqual(asciiCollationKey('soft\u00adhyphen'), asciiCollationKey('softhyphen'));
  });
});

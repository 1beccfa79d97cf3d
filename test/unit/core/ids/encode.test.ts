import assert from 'node:assert/strict';
import fc from 'fast-check';
import { AuditError, decodeIdPart, encodeIdPart } from '../../../../core/index.js';
import { text } from '../arbitraries.js';

describe('parts of ids in keys and locators', () => {
  const cases: [string, string][] = [
    ['billing-agent_1.2', 'billing-agent_1.2'],
    ['', ''],
    ['a b', 'a=20b'],
    ['a~b', 'a=7Eb'],
    ['a=7E', 'a=3D7E'],
    ['../x', '..=2Fx'],
    ['100%', '100=25'],
    ['é', '=C3=A9'],
    ['\u{1F600}', '=F0=9F=98=80'],
    ['\ufeffx', '=EF=BB=BFx'],
  ];
  for (const [part, encoded] of cases) {
    it(`writes ${JSON.stringify(part)} as ${encoded} and back`, () => {
      assert.equal(encodeIdPart(part), encoded);
      assert.equal(decodeIdPart(encoded), part);
    });
  }

  for (const encoded of [
    '=',
    '=2',
    '=2f',
    '=41',
    '=GG',
    '=80',
    '=C3',
    '=ED=A0=80',
    'a b',
    'a~b',
    '%20',
    '%',
    'é',
    '=2D',
  ]) {
    it(`refuses ${encoded}, which no id is written as`, () => {
      assert.throws(() => decodeIdPart(encoded), { code: 'INVALID_ID' });
    });
  }

  it('writes only what is safe in keys and URLs, and reads the same back', () => {
    fc.assert(
      fc.property(text(40), (part) => {
        const encoded = encodeIdPart(part);
        assert.match(encoded, /^[A-Za-z0-9._=-]*$/);
        assert.equal(decodeIdPart(encoded), part);
        assert.equal(encodeURIComponent(encoded).replaceAll('%3D', '='), encoded);
      }),
    );
  });

  it('reads nothing that it would write in another way', () => {
    const hostile = fc.string({
      unit: fc.constantFrom('=', '%', '2', '0', '4', '1', 'a', 'F', 'C', '3', '.', '~', 'é'),
    });
    fc.assert(
      fc.property(hostile, (encoded) => {
        let part: string;
        try {
          part = decodeIdPart(encoded);
        } catch (error) {
          assert.ok(error instanceof AuditError);
          return;
        }
        assert.equal(encodeIdPart(part), encoded);
      }),
    );
  });

  it('refuses lone surrogates, which would all be written alike', () => {
    assert.throws(() => encodeIdPart('\ud800'), { code: 'LONE_SURROGATE' });
  });
});

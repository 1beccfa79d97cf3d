import assert from 'node:assert/strict';
import fc from 'fast-check';
import { AuditError, canonicalize, CanonicalMembers, LIMITS, parseJson } from '../../../../core/index.js';
import type { JsonObject, JsonValue } from '../../../../core/index.js';
import { json } from '../arbitraries.js';

/** Reads `{"other":…,"value":<text>}`. */
function read(text: string, maxDepth: number = LIMITS.depth) {
  const members = new CanonicalMembers(['value'], maxDepth);
  const document = parseJson(`{ "other" : [1] , "value": ${text} }`, LIMITS.envelopeDepth, members) as JsonObject;
  return { members, value: document['value'] as JsonValue };
}

/** The same value in other spellings: white space, members in another order, escapes, exponents. */
const spelling = fc
  .tuple(json, fc.constantFrom('', ' ', '\n'), fc.boolean(), fc.boolean())
  .map(([value, space, reversed, escaped]) => spell(value, { space, reversed, escaped }));

function spell(value: JsonValue, how: { space: string; reversed: boolean; escaped: boolean }): string {
  const { space, reversed, escaped } = how;
  if (typeof value === 'number') return reversed ? value.toExponential() : JSON.stringify(value);
  if (typeof value === 'string') {
    const text = JSON.stringify(value);
    return escaped ? text.replace(/[a-z](?=[^\\]*"$)/, (letter) => `\\u00${letter.charCodeAt(0).toString(16)}`) : text;
  }
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((item) => spell(item, how)).join(`,${space}`)}]`;
  const keys = Object.keys(value).sort();
  if (reversed) keys.reverse();
  const members = keys.map((key) => `${JSON.stringify(key)}:${space}${spell(value[key] ?? null, how)}`);
  return `{${members.join(',')}}`;
}

describe('canonical members of a text', () => {
  it('are written as canonicalize writes them, in whatever form they stand in the text', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          spelling,
          json.map((value) => canonicalize(value)),
        ),
        (text) => {
          const { members, value } = read(text);
          assert.equal(members.write(value).text, canonicalize(value));
        },
      ),
      {
        numRuns: 2000,
        examples: [['[-0]'], ['[1e2]'], ['{"a":{"b":1,"aa":2}}'], ['["\\/"]'], ['["\\u00e9"]'], ['[1.0]']],
      },
    );
  });

  it('are cut out of it where they stand in it so', () => {
    const text = '{"a":["é","\\n",1.5,{"b":null}],"b":{}}';
    const { members, value } = read(text);
    (value as JsonObject)['a'] = 'not looked at';
    assert.equal(members.write(value).text, text);
  });

  it('are refused where they are too deep for themselves, in canonical form or not', () => {
    const nested = (levels: number, end: string) => '{"a":['.repeat(levels / 2) + end + ']}'.repeat(levels / 2);
    for (const end of ['', ' ']) {
      const { members, value } = read(nested(6, end), 6);
      assert.equal(members.write(value).text, nested(6, ''));
      const deeper = read(nested(8, end), 6);
      assert.throws(
        () => deeper.members.write(deeper.value),
        (error) => error instanceof AuditError && error.code === 'TOO_DEEP',
      );
    }
  });

  it('are not taken for deep because of what stands beside them', () => {
    const members = new CanonicalMembers(['value'], 2);
    const document = parseJson('[{"other":[[[[1]]]],"value":[1]}]', LIMITS.depth, members) as [{ value: JsonValue[] }];
    document[0].value.push('not looked at');
    assert.equal(members.write(document[0].value).text, '[1]');
  });
});

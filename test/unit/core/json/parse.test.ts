import assert from 'node:assert/strict';
import fc from 'fast-check';
import { AuditError, LIMITS, parseJson, parseJsonLines } from '../../../../core/index.js';
import type { ErrorCode, JsonValue } from '../../../../core/index.js';

/** The refusal of a text, or what was read where it is accepted. */
function outcome(text: string): { code: ErrorCode; pointer: string | undefined } | { value: JsonValue } {
  try {
    return { value: parseJson(text) };
  } catch (error) {
    assert.ok(error instanceof AuditError, `not a refusal: ${String(error)}`);
    return { code: error.code, pointer: error.errors[0]?.pointer };
  }
}

const REFUSED: [string, string, ErrorCode, string][] = [
  ['nothing', '', 'MALFORMED_JSON', ''],
  ['white space only', ' \n', 'MALFORMED_JSON', ''],
  ['a byte order mark', '\ufeff1', 'MALFORMED_JSON', ''],
  ['white space that is not JSON’s', '\u00a01', 'MALFORMED_JSON', ''],
  ['text after the value', '{} x', 'MALFORMED_JSON', ''],
  ['a trailing comma in an array', '{"a":[1,]}', 'MALFORMED_JSON', '/a/1'],
  ['a trailing comma in an object', '{"a":1,}', 'MALFORMED_JSON', ''],
  ['an open array', '[1', 'MALFORMED_JSON', ''],
  ['an open string', '["a', 'MALFORMED_JSON', '/0'],
  ['a string that ends in an escaped quote', '"a\\"', 'MALFORMED_JSON', ''],
  ['a bad escape', '{"k":"\\x"}', 'MALFORMED_JSON', '/k'],
  ['a short unicode escape', '"\\u12"', 'MALFORMED_JSON', ''],
  ['a control character', '["a\nb"]', 'MALFORMED_JSON', '/0'],
  ['single quotes', "{'a':1}", 'MALFORMED_JSON', ''],
  ['a bare key', '{a:1}', 'MALFORMED_JSON', ''],
  ['a comment', '[1 /* one */]', 'MALFORMED_JSON', ''],
  ['a leading zero', '[01]', 'MALFORMED_JSON', ''],
  ['a plus sign', '[+1]', 'MALFORMED_JSON', '/0'],
  ['a bare point', '[.5]', 'MALFORMED_JSON', '/0'],
  ['a hexadecimal number', '0x10', 'MALFORMED_JSON', ''],
  ['NaN', '[NaN]', 'MALFORMED_JSON', '/0'],
  ['infinity', '[-Infinity]', 'MALFORMED_JSON', '/0'],
  ['a literal that goes on', '[nullx]', 'MALFORMED_JSON', ''],
  ['a duplicate key', '{"a":{"b":1,"b":1}}', 'DUPLICATE_KEY', '/a/b'],
  ['a duplicate key in another spelling', '{"ab":1,"\\u0061b":1}', 'DUPLICATE_KEY', '/ab'],
  ['the key __proto__', '[{"__proto__":{"admin":true}}]', 'UNSAFE_KEY', '/0/__proto__'],
  ['the key __proto__ escaped', '{"\\u005f_proto__":1}', 'UNSAFE_KEY', '/__proto__'],
  ['a lone high surrogate', '["\ud800"]', 'LONE_SURROGATE', '/0'],
  ['a lone low surrogate escaped', '["\\udc00"]', 'LONE_SURROGATE', '/0'],
  ['surrogates in the wrong order', '"\\ude00\\ud83d"', 'LONE_SURROGATE', ''],
  ['a lone surrogate in a key', '{"\\ud800":1}', 'LONE_SURROGATE', ''],
  ['2^53 + 1', '{"n":[9007199254740993]}', 'INEXACT_NUMBER', '/n/0'],
  ['the greatest unsigned 64-bit integer', '18446744073709551615', 'INEXACT_NUMBER', ''],
  ['2^63, which is written back as another integer', '9223372036854775808', 'INEXACT_NUMBER', ''],
  ['an integer beyond every double', '1'.repeat(400), 'INEXACT_NUMBER', ''],
  ['an overflow', '-1e309', 'INEXACT_NUMBER', ''],
  ['an underflow to zero', '1e-400', 'INEXACT_NUMBER', ''],
  ['digits lost below the normal doubles', '1.2345678e-320', 'INEXACT_NUMBER', ''],
  ['more digits than a double has', '0.1000000000000000055', 'INEXACT_NUMBER', ''],
];

const ACCEPTED: [string, number][] = [
  ['9007199254740992', 2 ** 53],
  ['-9007199254740991', -(2 ** 53) + 1],
  ['100000000000000000000', 1e20],
  ['1000000000000000000000', 1e21],
  ['9223372036854776000', 2 ** 63],
  ['1e23', 1e23],
  ['0.10000000000000001', 0.1],
  ['0.1000000000000000000000', 0.1],
  ['333333333.33333329', 333333333.3333333],
  ['5e-324', 5e-324],
  ['2.225073858507201e-308', 2.225073858507201e-308],
  ['0e-999', 0],
  ['1E+2', 100],
  ['-0', -0],
];

describe('strict JSON', () => {
  for (const [name, text, code, pointer] of REFUSED) {
    it(`refuses ${name}`, () => {
      assert.deepEqual(outcome(text), { code, pointer });
    });
  }

  for (const [text, number] of ACCEPTED) {
    it(`keeps the number ${text}`, () => {
      assert.equal(parseJson(text), number);
    });
  }

  it('says where malformed text stands', () => {
    assert.throws(() => parseJson('[1,\n x]'), /expected a value at position 5/);
  });

  it('does not refuse words that only look dangerous, and keeps prototypes out of it', () => {
    const parsed = parseJson('{"constructor":1,"prototype":2,"toString":3,"hasOwnProperty":4}');
    assert.deepEqual(Object.keys(parsed as object), ['constructor', 'prototype', 'toString', 'hasOwnProperty']);
    assert.equal(Object.getPrototypeOf(parsed), Object.prototype);
  });

  it('takes as many levels as it is allowed and no more', () => {
    const nested = (levels: number) => '[{"a":'.repeat(levels / 2) + '1' + '}]'.repeat(levels / 2);
    assert.ok(parseJson(nested(LIMITS.depth)));
    assert.equal((outcome(nested(LIMITS.depth + 2)) as { code: string }).code, 'TOO_DEEP');
    assert.ok(parseJson(nested(LIMITS.envelopeDepth), LIMITS.envelopeDepth));
    assert.equal((outcome('['.repeat(1_000_000)) as { code: string }).code, 'TOO_DEEP');
  });

  it('reads hostile megabytes without a crash', () => {
    const backslashes = '\\'.repeat(1_000_000);
    assert.equal(parseJson(`"${backslashes}"`), '\\'.repeat(500_000));
    assert.throws(() => parseJson(`"${backslashes}\\"`), { code: 'MALFORMED_JSON' });
    assert.throws(() => parseJson(`1${'0'.repeat(1_000_000)}1`), { code: 'INEXACT_NUMBER' });
    assert.equal(parseJson(`1.${'0'.repeat(1_000_000)}`), 1);
    assert.throws(() => parseJson(`1e${'9'.repeat(1_000_000)}`), { code: 'INEXACT_NUMBER' });
  });
});

/** JSON text piece by piece, so that duplicate keys, odd numbers and escapes come up often. */
const jsonText = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    fc.constantFrom('null', 'true', 'false', '0', '-0', '1.5', '1e3', '9007199254740993', '1e999', '""', '"\\u00e9"'),
    fc.constantFrom('"\\ud800"', '"\\ud83d\\ude00"', '"\\\\"', '" "', '12345678901234567890.5'),
    fc.json({ stringUnit: 'binary' }),
    fc.array(tie('value'), { maxLength: 3 }).map((items) => `[${items.join(' , ')}]`),
    fc
      .array(fc.tuple(fc.constantFrom('"a"', '"b"', '"\\u0061"', '"__proto__"', '"valueOf"'), tie('value')), {
        maxLength: 3,
      })
      .map((members) => `{${members.map(([key, value]) => `${key}:${value}`).join(',')}}`),
  ),
})).value;

/** The text with one piece cut out and another put in. */
const damagedText = fc
  .tuple(
    jsonText,
    fc.nat(),
    fc.nat(3),
    fc.constantFrom('', '"', '\\', ',', '{', ']', '1', '\ud800', '\u0001', 'e', ' '),
  )
  .map(([text, at, length, piece]) => {
    const start = at % (text.length + 1);
    return text.slice(0, start) + piece + text.slice(start + length);
  });

/** Everything that the strict parser promises, asked of what `JSON.parse` made of the text. */
function lossesOf(text: string, value: unknown): ErrorCode[] {
  const keys: string[] = [];
  const strings: string[] = [];
  const visit = (item: unknown): void => {
    if (typeof item === 'string') strings.push(item);
    if (typeof item !== 'object' || item === null) return;
    if (!Array.isArray(item)) keys.push(...Object.keys(item));
    Object.values(item).forEach(visit);
  };
  visit(value);
  // String by string from the left: only so is it known which quotes open one.
  const keysInText = [...text.matchAll(/"(?:[^"\\]|\\.)*"(\s*:)?/g)].filter(([, colon]) => colon).length;
  const losses: ErrorCode[] = [];
  if (keysInText > keys.length) losses.push('DUPLICATE_KEY');
  if (keys.includes('__proto__')) losses.push('UNSAFE_KEY');
  if ([...keys, ...strings].some((item) => !item.isWellFormed())) losses.push('LONE_SURROGATE');
  return losses;
}

describe('strict JSON beside JSON.parse', () => {
  it('accepts the same texts but for the documented refusals, and reads the same from them', () => {
    fc.assert(
      fc.property(fc.oneof(jsonText, damagedText, fc.string({ unit: 'binary' })), (text) => {
        const result = outcome(text);
        let expected: unknown;
        try {
          expected = JSON.parse(text);
        } catch {
          assert.ok('code' in result, `accepted what is not JSON: ${text}`);
          return;
        }
        const losses = lossesOf(text, expected);
        if ('value' in result) {
          assert.deepEqual(losses, []);
          assert.deepEqual(result.value, expected);
        } else if (result.code !== 'INEXACT_NUMBER') {
          // A key that is lost may have held whatever else was refused first.
          assert.ok(losses.includes(result.code) || losses.includes('DUPLICATE_KEY'), `${result.code} for ${text}`);
        }
      }),
      { numRuns: 2000, examples: [['{"":["",":"]}']] },
    );
  });

  it('accepts an integer only if it is written back as the same integer', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }), (integer) => {
        const result = outcome(String(integer));
        assert.equal('value' in result, BigInt(String(Number(integer))) === integer);
      }),
    );
  });

  it('accepts every decimal of 15 digits', () => {
    fc.assert(
      fc.property(
        fc.nat(999_999_999),
        fc.nat(999_999),
        fc.integer({ min: -200, max: 200 }),
        (whole, part, exponent) => {
          const text = `${whole}.${part}e${exponent}`;
          assert.deepEqual(outcome(text), { value: Number(text) });
        },
      ),
    );
  });
});

describe('NDJSON', () => {
  it('gives each line its value or its refusal, and skips blank ones', () => {
    const lines = parseJsonLines('{"a":1}\r\n\n  \n{"a":1,"a":2}\n[2', 10);
    assert.deepEqual(
      lines.map((parsed) => ('value' in parsed ? [parsed.line, parsed.value] : [parsed.line, parsed.error.code])),
      [
        [1, { a: 1 }],
        [4, 'DUPLICATE_KEY'],
        [5, 'MALFORMED_JSON'],
      ],
    );
  });

  it('reads nothing from nothing', () => {
    assert.deepEqual(parseJsonLines('\n\n', 1), []);
  });

  it('refuses more lines than allowed', () => {
    assert.equal(parseJsonLines('1\n2\n\n', 2).length, 2);
    assert.throws(() => parseJsonLines('1\n2\n3', 2), { code: 'TOO_LARGE' });
  });
});

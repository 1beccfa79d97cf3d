import assert from 'node:assert/strict';
import fc from 'fast-check';
import { AuditError, canonicalize, LIMITS, parseJson, WrittenJson } from '../../../../core/index.js';
import type { JsonValue } from '../../../../core/index.js';
import { json } from '../arbitraries.js';

/** RFC 8785 appendix B: IEEE 754 bits and the text they must become. */
const NUMBERS: [string, string][] = [
  ['0000000000000000', '0'],
  ['8000000000000000', '0'],
  ['0000000000000001', '5e-324'],
  ['8000000000000001', '-5e-324'],
  ['7fefffffffffffff', '1.7976931348623157e+308'],
  ['ffefffffffffffff', '-1.7976931348623157e+308'],
  ['4340000000000000', '9007199254740992'],
  ['c340000000000000', '-9007199254740992'],
  ['4430000000000000', '295147905179352830000'],
  ['44b52d02c7e14af5', '9.999999999999997e+22'],
  ['44b52d02c7e14af6', '1e+23'],
  ['44b52d02c7e14af7', '1.0000000000000001e+23'],
  ['444b1ae4d6e2ef4e', '999999999999999700000'],
  ['444b1ae4d6e2ef4f', '999999999999999900000'],
  ['444b1ae4d6e2ef50', '1e+21'],
  ['3eb0c6f7a0b5ed8c', '9.999999999999997e-7'],
  ['3eb0c6f7a0b5ed8d', '0.000001'],
  ['41b3de4355555553', '333333333.3333332'],
  ['41b3de4355555554', '333333333.33333325'],
  ['41b3de4355555555', '333333333.3333333'],
  ['41b3de4355555556', '333333333.3333334'],
  ['41b3de4355555557', '333333333.33333343'],
  ['becbf647612f3696', '-0.0000033333333333333333'],
  ['43143ff3c1cb0959', '1424953923781206.2'],
];

/** Input and output of RFC 8785 sections 3.2.2 and 3.2.3, and of its author's test data. */
const SAMPLES: { name: string; input: string; output: string }[] = [
  {
    name: 'section 3.2.2: literals, numbers, strings',
    input: String.raw`{"numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
      "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/", "literals": [null, true, false]}`,
    output: String.raw`{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`,
  },
  {
    name: 'section 3.2.3: order of keys by UTF-16 code units',
    input: String.raw`{"\u20ac": "Euro Sign", "\r": "Carriage Return", "\ufb33": "Hebrew Letter Dalet With Dagesh", "1": "One",
      "\ud83d\ude00": "Emoji: Grinning Face", "\u0080": "Control", "\u00f6": "Latin Small Letter O With Diaeresis"}`,
    output:
      '{"\\r":"Carriage Return","1":"One","\u0080":"Control","\u00f6":"Latin Small Letter O With Diaeresis",' +
      '"\u20ac":"Euro Sign","\u{1F600}":"Emoji: Grinning Face","\ufb33":"Hebrew Letter Dalet With Dagesh"}',
  },
  {
    name: 'structures',
    input: String.raw`{"1": {"f": {"f": "hi","F": 5} ,"\n": 56.0}, "10": { }, "": "empty", "a": { },
      "111": [ {"e": "yes","E": "no" } ], "A": { }}`,
    output: String.raw`{"":"empty","1":{"\n":56,"f":{"F":5,"f":"hi"}},"10":{},"111":[{"E":"no","e":"yes"}],"A":{},"a":{}}`,
  },
  {
    name: 'no locale, no Unicode normalization',
    input: String.raw`{"peach": 1, "péché": 2, "pêche": 3, "sin": 4, "A\u030a": 5, "Å": 6}`,
    output: '{"A\u030a":5,"peach":1,"péché":2,"pêche":3,"sin":4,"Å":6}',
  },
];

function double(bits: string): number {
  return Buffer.from(bits, 'hex').readDoubleBE();
}

describe('canonical JSON (RFC 8785)', () => {
  for (const [bits, expected] of NUMBERS) {
    it(`writes the double ${bits} as ${expected}`, () => {
      assert.equal(canonicalize(double(bits)), expected);
    });
  }

  for (const { name, input, output } of SAMPLES) {
    it(`writes the sample: ${name}`, () => {
      assert.equal(canonicalize(parseJson(input)), output);
    });
  }

  const hole: JsonValue[] = [1];
  hole.length = 2;
  const refused: [string, unknown, string, string][] = [
    ['NaN', { a: [double('7fffffffffffffff')] }, '/a/0', 'INEXACT_NUMBER'],
    ['infinity', double('7ff0000000000000'), '', 'INEXACT_NUMBER'],
    ['a lone surrogate', { 'a/b': '\ud800' }, '/a~1b', 'LONE_SURROGATE'],
    ['a lone surrogate in a key', { '\udfff': 1 }, '/\udfff', 'LONE_SURROGATE'],
    ['undefined', [undefined], '/0', 'INVALID_REQUEST'],
    ['a hole in an array', hole, '/1', 'INVALID_REQUEST'],
    ['a bigint', { n: 1n }, '/n', 'INVALID_REQUEST'],
    ['a function', () => 1, '', 'INVALID_REQUEST'],
    ['a date', { when: new Date(0) }, '/when', 'INVALID_REQUEST'],
    ['a map', new Map(), '', 'INVALID_REQUEST'],
    ['bytes', [new Uint8Array(2)], '/0', 'INVALID_REQUEST'],
  ];
  for (const [name, value, pointer, code] of refused) {
    it(`refuses ${name} with a pointer`, () => {
      assert.throws(
        () => canonicalize(value as JsonValue),
        (error) => error instanceof AuditError && error.code === code && error.errors[0]?.pointer === pointer,
      );
    });
  }

  it('writes names that come again as before, however many there are, in whatever place', () => {
    const lengths = [1, 13, 64, 65, 200];
    const names = Array.from({ length: 1500 }, (_, index) => `${index}"é\\`.padEnd(lengths[index % 5] ?? 0, 'x'));
    const expected = (keys: string[]) =>
      `{${[...keys]
        .sort()
        .map((key) => `${JSON.stringify(key)}:1`)
        .join()}}`;
    for (const keys of [names, names.slice(700), names.slice(0, 1), ['z', ...names.slice(-2), 'a']]) {
      const object = Object.fromEntries(keys.map((key) => [key, 1]));
      for (let times = 0; times < 2; times++) assert.equal(canonicalize(object), expected(keys));
    }
  });

  it('takes as many levels as the limit and no more, cycles included', () => {
    const nested = (levels: number) => JSON.parse('['.repeat(levels) + ']'.repeat(levels)) as JsonValue;
    assert.equal(canonicalize(nested(LIMITS.depth)).length, 2 * LIMITS.depth);
    assert.throws(() => canonicalize(nested(LIMITS.depth + 1)), { code: 'TOO_DEEP' });
    const cycle: JsonValue[] = [];
    cycle.push(cycle);
    assert.throws(() => canonicalize(cycle), { code: 'TOO_DEEP' });
  });

  it('leaves absent members out', () => {
    assert.equal(canonicalize({ b: 1, a: undefined } as unknown as JsonValue), '{"b":1}');
  });

  it('writes every string as JSON.stringify does, but refuses lone surrogates', () => {
    const unit = fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code));
    const awkward = fc.constantFrom('"', '\\', '\u0000', '\u001f', ' ', '~', '\u007f', '\u0080', '\u2028', '\u{1F600}');
    const strings = fc.oneof(fc.string(), fc.string({ unit: fc.oneof(fc.string({ minLength: 1 }), awkward, unit) }));
    fc.assert(
      fc.property(strings, (string) => {
        if (string.isWellFormed()) assert.equal(canonicalize(string), JSON.stringify(string));
        else assert.throws(() => canonicalize(string), { code: 'LONE_SURROGATE' });
      }),
    );
  });

  it('is read back as the same value and written the same again', () => {
    fc.assert(
      fc.property(json, (value) => {
        const written = canonicalize(value);
        const read = parseJson(written);
        assert.equal(canonicalize(read), written);
        assert.deepEqual(read, JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it('takes what is written already for what it was written of', () => {
    fc.assert(
      fc.property(json, fc.dictionary(fc.string(), json), (value, others) => {
        const written = { ...others, a: [WrittenJson.of(value)], b: WrittenJson.of(value) };
        assert.equal(canonicalize(written), canonicalize({ ...others, a: [value], b: value }));
      }),
    );
  });

  it('does not depend on the order of keys', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), json), (object) => {
        const reversed = Object.fromEntries(Object.entries(object).reverse());
        assert.equal(canonicalize(reversed), canonicalize(object));
      }),
    );
  });

  it('writes every double so that it is accepted when it is read', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (number) => {
        assert.equal(parseJson(canonicalize(number)), number === 0 ? 0 : number);
      }),
    );
  });
});

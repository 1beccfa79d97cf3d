import fc from 'fast-check';
import type { JsonObject, JsonValue } from '../../core/index.js';
import type { IndexDefinition, MangoQuery } from '../../network/embedded/ledger/types.js';

/** Of every type, and neighbours in the order; strings above all where collations differ. */
const VALUES: JsonValue[] = [
  ...[null, false, true, -1e300, -1, 0, 0.5, 1, 2 ** 53, 1e-7, 1e20, 1e21],
  ...[
    '',
    'a',
    'A',
    'b',
    'B',
    'ab',
    'aB',
    'Ab',
    'a b',
    'a-b',
    'a_b',
    'a\u0000',
    'a\tb',
    'co-op',
    'coop',
    '2026-11-24T09:30:00Z',
    '10',
    '9',
  ],
  ...[
    '\u00e9',
    'e\u0301',
    'e',
    'f',
    'ea',
    '\u00e9a',
    'stra\u00dfe',
    'strasse',
    'strat',
    '\u00fc',
    '\u65e5\u672c',
    '\uffee',
    '\u{1f600}',
    '\u0660',
  ],
  ...[[], [1], ['a'], ['A'], [1, 'a'], {}, { x: 1 }, { X: 1 }, { x: 1, y: 2 }],
];
/** Of scripts old enough for every version of ICU to agree on them. */
const letter = fc.constantFrom(
  ...Array.from('aAzZ09 -_.~\u00e9\u00c9\u0301\u00df\u00e6\u03b1\u0391\u0436\u05d0\u0628'),
  ...Array.from('\u65e5\u672c\u3042\u30a2\ud55c\u2026\u20ac'),
);
const value = fc.oneof(
  fc.constantFrom(...VALUES),
  fc.string({ maxLength: 2 }),
  fc.string({ unit: letter, maxLength: 3 }),
);
const field = fc.constantFrom('a', 'b', 'c', 'd.e');
const document = fc.record(
  { a: value, b: value, c: value, d: fc.record({ e: value }, { requiredKeys: [] }) },
  { requiredKeys: [] },
);

export const INDEXES: IndexDefinition[] = [
  index('byAB', ['a', 'b']),
  index('byC', ['c']),
  index('byCA', ['c', 'a']),
  index('byDE', ['d.e']),
  { ...index('byAOfC', ['a']), filter: { c: { $exists: true } } },
];

/** The same ones in every run, so that a query that shows a difference can be asked again. */
export function documents(): Map<string, JsonObject> {
  const generated = fc.sample(document, { numRuns: 300, seed: 1 });
  const single = VALUES.flatMap((one) => [{ a: one }, { a: 'a', b: one }, { c: one, a: one }, { d: { e: one } }]);
  return new Map(
    [...single, ...generated].map((content, position) => [`${position % 2 ? 'd' : 'D'}${position}`, content]),
  );
}

const test = fc.oneof(
  value,
  fc.record({ $eq: value }),
  fc.record({ $gt: value }),
  fc.record({ $gte: value, $lt: value }),
  fc.record({ $lte: value }),
  fc.record({ $ne: value }),
  fc.record({ $in: fc.array(value, { maxLength: 3 }) }),
  fc.record({ $nin: fc.array(value, { maxLength: 3 }) }),
  fc.record({ $all: fc.array(value, { maxLength: 2 }) }),
  fc.record({ $exists: fc.boolean() }),
  fc.record({ $type: fc.constantFrom('null', 'boolean', 'number', 'string', 'array', 'object') }),
  fc.record({ $size: fc.nat(2) }),
  fc.record({ $mod: fc.tuple(fc.constantFrom(2, 3), fc.nat(2)) }),
  fc.record({ $beginsWith: fc.constantFrom('a', 'A', '\u00e9', '') }),
  fc.record({ $regex: fc.constantFrom('^a', 'B$', 'a.b', '[a-c]+') }),
  fc.record({ $elemMatch: fc.record({ $gt: value }) }),
  fc.record({ $allMatch: fc.record({ $lt: value }) }),
  fc.record({ $keyMapMatch: fc.record({ $eq: fc.constantFrom('x', 'X') }) }),
  fc.record({ $not: fc.record({ $gt: value }) }),
);
const keyTest = fc.oneof(
  fc.record({ $gt: fc.constantFrom('D1', 'd', '') }),
  fc.record({ $lte: fc.constantFrom('D3', 'd2', '\u{1f600}') }),
  fc.record({ $in: fc.constant(['D2', 'd3']) }),
);
const fieldTests = fc
  .tuple(fc.dictionary(field, test, { minKeys: 1, maxKeys: 3 }), fc.option(keyTest, { freq: 4 }))
  .map(([tests, ofKey]) => (ofKey ? { ...tests, _id: ofKey } : tests));
const selector = fc.oneof(
  fc.constant({}),
  fieldTests,
  fc.record({ $or: fc.array(fieldTests, { minLength: 1, maxLength: 2 }) }),
  fc.record({ $and: fc.array(fieldTests, { minLength: 1, maxLength: 2 }) }),
  fc.record({ $nor: fc.array(fieldTests, { minLength: 1, maxLength: 2 }) }),
);
const direction = fc.constantFrom('asc', 'desc');
const sort = fc
  .tuple(
    fc.constantFrom<string[]>(['a'], ['a', 'b'], ['b'], ['c'], ['c', 'a'], ['d.e'], ['_id'], ['b', 'a']),
    direction,
  )
  .map(([fields, order]) => fields.map((name) => ({ [name]: order })));

export const query: fc.Arbitrary<MangoQuery> = fc.record(
  {
    selector,
    sort,
    skip: fc.nat(3),
    use_index: fc.constantFrom<string | string[]>('byAB', '_design/byC', ['byCA', 'byCA'], 'byAOfC', 'none'),
  },
  { requiredKeys: ['selector'] },
);

function index(name: string, fields: string[]): IndexDefinition {
  return { namespace: '', ddoc: name, name, fields: fields.map((path) => ({ path, direction: 'asc' })) };
}

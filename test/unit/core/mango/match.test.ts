import assert from 'node:assert/strict';
import { compareJson, matchesSelector } from '../../../../core/index.js';
import type { JsonObject, JsonValue } from '../../../../core/index.js';

/** Behaviours of CouchDB 3.5's mango_selector.erl: what, selector, document, whether it matches. */
const MATCHES: [string, JsonObject, JsonObject, boolean][] = [
  ['an empty selector matches everything', {}, { a: 1 }, true],
  ['a bare value means equality', { a: 1 }, { a: 1 }, true],
  ['a bare value of another type does not match', { a: '1' }, { a: 1 }, false],
  ['a bare array means equality', { a: [1, 2] }, { a: [1, 2] }, true],
  ['an empty object means equality with one', { a: {} }, { a: { b: 1 } }, false],
  ['an empty object equals an empty object', { a: {} }, { a: {} }, true],
  ['several fields must all match', { a: 1, b: 2 }, { a: 1, b: 3 }, false],
  ['several operators must all match', { a: { $gt: 1, $lt: 3 } }, { a: 2 }, true],
  ['several operators must all match, the other way', { a: { $gt: 1, $lt: 3 } }, { a: 3 }, false],

  ['nested objects are paths', { a: { b: { c: 1 } } }, { a: { b: { c: 1, d: 2 } } }, true],
  ['dots are paths', { 'a.b.c': 1 }, { a: { b: { c: 1 } } }, true],
  ['dots are not keys', { 'a.b': 1 }, { 'a.b': 1 }, false],
  ['an escaped dot is part of a key', { 'a\\.b': 1 }, { 'a.b': 1 }, true],
  ['an escaped dot within a path', { 'x.a\\.b': 1 }, { x: { 'a.b': 1 } }, true],
  ['paths and nesting combine', { 'a.b': { c: { $gte: 1 } } }, { a: { b: { c: 1 } } }, true],
  ['a number in a path is an index', { 'a.1': 2 }, { a: [1, 2] }, true],
  ['a number in a path is a key of an object', { 'a.1': 2 }, { a: { 1: 2 } }, true],
  ['an index beyond the array does not match', { 'a.2': 2 }, { a: [1, 2] }, false],
  ['a negative index does not match', { 'a.-1': 2 }, { a: [1, 2] }, false],
  ['an array has no field but its indexes', { 'a.length': 2 }, { a: [1, 2] }, false],
  ['nothing is inherited', { 'constructor.name': 'Object' }, {}, false],

  ['a missing field is not equal', { a: null }, {}, false],
  ['a missing field is not different either', { a: { $ne: 1 } }, {}, false],
  ['a missing field is not less', { a: { $lt: 1 } }, {}, false],
  ['a missing field is not outside a list', { a: { $nin: [1] } }, {}, false],
  ['a missing field fails a negated test', { $not: { a: 1 } }, {}, false],
  ['a missing field fails a negated pattern', { a: { $not: { $regex: 'x' } } }, {}, false],
  ['a missing field does not exist', { a: { $exists: false } }, {}, true],
  ['a missing field does not exist, negated', { $not: { a: { $exists: true } } }, {}, true],
  ['null exists', { a: { $exists: true } }, { a: null }, true],
  ['what exists is not missing', { a: { $exists: false } }, { a: null }, false],
  [
    'a path through a string is no path, so nothing is said to be missing',
    { 'a.b': { $exists: false } },
    { a: 's' },
    false,
  ],
  ['a path through an object may miss its end', { 'a.b': { $exists: false } }, { a: {} }, true],

  ['null sorts before false', { a: { $lt: false } }, { a: null }, true],
  ['false sorts before true', { a: { $lt: true } }, { a: false }, true],
  ['true sorts before numbers', { a: { $lt: 0 } }, { a: true }, true],
  ['numbers sort before strings', { a: { $lt: '' } }, { a: 1e9 }, true],
  ['strings sort before arrays', { a: { $lt: [] } }, { a: 'zzz' }, true],
  ['arrays sort before objects', { a: { $lt: {} } }, { a: [9] }, true],
  ['greater than null is everything but null', { a: { $gt: null } }, { a: false }, true],
  ['integers and decimals compare by value', { a: { $gte: 1 } }, { a: 1.0 }, true],
  ['arrays compare item by item', { a: { $lt: [2] } }, { a: [1, 9] }, true],
  ['a longer array is greater', { a: { $gt: [1] } }, { a: [1, null] }, true],
  ['$lte holds at its bound', { a: { $lte: 1 } }, { a: 1 }, true],
  ['$gte holds at its bound', { a: { $gte: 1 } }, { a: 1 }, true],
  ['$ne with another type', { a: { $ne: 1 } }, { a: '1' }, true],

  ['$in finds a value', { a: { $in: [1, 'x'] } }, { a: 'x' }, true],
  ['$in of nothing matches nothing', { a: { $in: [] } }, { a: 1 }, false],
  ['$in looks into an array', { a: { $in: [2] } }, { a: [1, 2] }, true],
  ['$in does not compare the array itself', { a: { $in: [[1, 2]] } }, { a: [1, 2] }, false],
  ['$nin refuses a value', { a: { $nin: [1] } }, { a: 1 }, false],
  ['$nin of nothing matches what exists', { a: { $nin: [] } }, { a: 1 }, true],
  ['$nin looks into an array', { a: { $nin: [2] } }, { a: [1, 2] }, false],

  ['$all needs each value', { a: { $all: [1, 2] } }, { a: [2, 3, 1] }, true],
  ['$all fails where one is missing', { a: { $all: [1, 4] } }, { a: [1, 2] }, false],
  ['$all of nothing matches nothing', { a: { $all: [] } }, { a: [1] }, false],
  ['$all of one array is also that array', { a: { $all: [[1, 2]] } }, { a: [1, 2] }, true],
  ['$all needs an array', { a: { $all: [1] } }, { a: 1 }, false],

  ['$elemMatch on fields of one item', { a: { $elemMatch: { x: 1, y: 2 } } }, { a: [{ x: 1 }, { x: 1, y: 2 }] }, true],
  ['$elemMatch does not mix items', { a: { $elemMatch: { x: 1, y: 2 } } }, { a: [{ x: 1 }, { y: 2 }] }, false],
  ['$elemMatch on plain items', { a: { $elemMatch: { $gte: 80, $lt: 85 } } }, { a: [10, 82] }, true],
  ['$elemMatch does not mix plain items', { a: { $elemMatch: { $gte: 80, $lt: 85 } } }, { a: [90, 10] }, false],
  ['$elemMatch on an empty array', { a: { $elemMatch: { $exists: true } } }, { a: [] }, false],
  ['$elemMatch on no array', { a: { $elemMatch: { x: 1 } } }, { a: { x: 1 } }, false],
  ['$elemMatch takes dotted paths', { a: { $elemMatch: { 'x.y': 1 } } }, { a: [{ x: { y: 1 } }] }, true],
  ['$elemMatch on arrays of arrays', { a: { $elemMatch: { $elemMatch: { $eq: 2 } } } }, { a: [[1], [2]] }, true],
  ['$elemMatch negated', { a: { $not: { $elemMatch: { $eq: 1 } } } }, { a: [2] }, true],
  ['$elemMatch negated on a missing field', { a: { $not: { $elemMatch: { $eq: 1 } } } }, {}, false],
  ['$allMatch needs every item', { a: { $allMatch: { $gt: 1 } } }, { a: [2, 3] }, true],
  ['$allMatch fails with one that does not', { a: { $allMatch: { $gt: 1 } } }, { a: [2, 1] }, false],
  ['$allMatch of nothing does not match', { a: { $allMatch: { $gt: 1 } } }, { a: [] }, false],
  ['$keyMapMatch finds a key', { a: { $keyMapMatch: { $eq: 'k' } } }, { a: { j: 1, k: 2 } }, true],
  ['$keyMapMatch needs an object', { a: { $keyMapMatch: { $eq: 'k' } } }, { a: ['k'] }, false],

  ['$type null', { a: { $type: 'null' } }, { a: null }, true],
  ['$type boolean', { a: { $type: 'boolean' } }, { a: false }, true],
  ['$type number', { a: { $type: 'number' } }, { a: 1.5 }, true],
  ['$type string', { a: { $type: 'string' } }, { a: '' }, true],
  ['$type array is not object', { a: { $type: 'object' } }, { a: [] }, false],
  ['$type array', { a: { $type: 'array' } }, { a: [] }, true],
  ['$type that does not exist', { a: { $type: 'integer' } }, { a: 1 }, false],
  ['$size counts items', { a: { $size: 2 } }, { a: [1, 2] }, true],
  ['$size counts nothing else', { a: { $size: 2 } }, { a: 'ab' }, false],
  ['$mod of an integer', { a: { $mod: [4, 1] } }, { a: 9 }, true],
  ['$mod keeps the sign of the value', { a: { $mod: [4, -1] } }, { a: -9 }, true],
  ['$mod of a negative multiple', { a: { $mod: [4, 0] } }, { a: -8 }, true],
  ['$mod of what JSON writes with an exponent', { a: { $mod: [2, 0] } }, { a: 1e21 }, false],
  ['$mod of a large integer', { a: { $mod: [2, 0] } }, { a: 1e20 }, true],
  ['keys compare by their bytes', { _id: { $lt: 'a' } }, { _id: 'B' }, true],
  ['keys are greater than what is no string', { _id: { $gt: {} } }, { _id: 'a' }, true],
  ['$mod of a decimal', { a: { $mod: [4, 1] } }, { a: 9.5 }, false],
  ['$regex finds anywhere', { a: { $regex: 'ef.' } }, { a: 'refund' }, true],
  ['$regex with anchors', { a: { $regex: '^fund' } }, { a: 'refund' }, false],
  ['$regex with an inline flag', { a: { $regex: '(?i)^REF' } }, { a: 'refund' }, true],
  ['$regex on no string', { a: { $regex: '1' } }, { a: 1 }, false],
  ['$beginsWith', { a: { $beginsWith: 're' } }, { a: 'refund' }, true],
  ['$beginsWith tells case apart', { a: { $beginsWith: 'Re' } }, { a: 'refund' }, false],
  ['$beginsWith takes letters with their accents', { a: { $beginsWith: 're' } }, { a: 're\u0301sume\u0301' }, false],
  ['$beginsWith with the accent', { a: { $beginsWith: 're\u0301' } }, { a: 're\u0301sume\u0301' }, true],
  ['$beginsWith on no string', { a: { $beginsWith: '1' } }, { a: 1 }, false],

  ['$and', { $and: [{ a: 1 }, { b: 2 }] }, { a: 1, b: 2 }, true],
  ['$and under a field', { a: { $and: [{ $gt: 1 }, { $lt: 5 }] } }, { a: 3 }, true],
  ['$and of nothing', { $and: [] }, {}, true],
  ['$or', { $or: [{ a: 1 }, { b: 2 }] }, { b: 2 }, true],
  ['$or under a field', { a: { $or: [{ $eq: 1 }, { $eq: 2 }] } }, { a: 3 }, false],
  ['$or of nothing', { $or: [] }, {}, true],
  ['$nor', { $nor: [{ a: 1 }, { a: 2 }] }, { a: 3 }, true],
  ['$nor with one that matches', { $nor: [{ a: 1 }, { a: 2 }] }, { a: 2 }, false],
  ['$nor of nothing', { $nor: [] }, {}, true],
  ['$nor on a missing field', { $nor: [{ a: 1 }] }, {}, false],
  ['$not of all is any that is not', { $not: { a: 1, b: 2 } }, { a: 1, b: 3 }, true],
  ['$not of any is all that are not', { $not: { $or: [{ a: 1 }, { b: 2 }] } }, { a: 0, b: 2 }, false],
  ['$not twice', { $not: { $not: { a: 1 } } }, { a: 1 }, true],
  ['$not of $nor', { $not: { $nor: [{ a: 1 }] } }, { a: 1 }, true],
  ['$not of an order is the opposite order', { a: { $not: { $lt: 5 } } }, { a: 5 }, true],
  ['$not of $in', { a: { $not: { $in: [1] } } }, { a: 1 }, false],
  ['$not of $type', { a: { $not: { $type: 'string' } } }, { a: 1 }, true],
  ['$not of an empty object is a value that is not one', { a: { $not: {} } }, { a: { b: 1 } }, true],
];

describe('Mango matching', () => {
  for (const [name, selector, document, expected] of MATCHES) {
    it(name, () => {
      assert.equal(matchesSelector(selector, document), expected);
    });
  }

  it('compares strings by code units, or as it is told', () => {
    const collator = new Intl.Collator('en');
    assert.equal(matchesSelector({ a: { $lt: 'a' } }, { a: 'B' }), true);
    assert.equal(matchesSelector({ a: { $lt: 'a' } }, { a: 'B' }, collator.compare), false);
  });

  it('takes time in proportion to the text, whatever the pattern', () => {
    const text = `${'a'.repeat(250)}!`;
    for (const pattern of ['^(a+)+$', '^(a|a)*$', '^(.*)*=$', 'a*a*a*a*a*a*b']) {
      assert.equal(matchesSelector({ a: { $regex: pattern } }, { a: text }), false);
    }
  });
});

describe('the order of JSON values', () => {
  it('is CouchDB’s', () => {
    const ordered: JsonValue[] = [
      null,
      false,
      true,
      -1,
      0,
      1.5,
      20,
      '',
      'A',
      'a',
      'aa',
      [],
      [null],
      [1],
      [1, 'x'],
      [2],
      {},
      { a: 1 },
      { a: 1, b: 1 },
      { a: 2 },
      { b: 0 },
    ];
    for (const [left, first] of ordered.entries()) {
      for (const [right, second] of ordered.entries()) {
        assert.equal(Math.sign(compareJson(first, second)), Math.sign(left - right), JSON.stringify([first, second]));
      }
    }
    assert.equal(compareJson({ a: 1, b: 2 }, { b: 2, a: 1 }), 0);
    assert.equal(compareJson(-0, 0), 0);
  });
});

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { AuditError, LIMITS, matchesSelector, parseSelector } from '../../../../core/index.js';
import type { JsonObject, JsonValue } from '../../../../core/index.js';

const nested = (levels: number): JsonValue => (levels === 0 ? { a: 1 } : { $not: nested(levels - 1) });

const REFUSED: [string, JsonValue, string][] = [
  ['what is no object', [], ''],
  ['null', null, ''],
  ['an unknown operator', { a: { $foo: 1 } }, '/a/$foo'],
  ['an operator that runs code', { $where: 'true' }, '/$where'],
  ['full text search', { $text: 'x' }, '/$text'],
  ['an operator without a field', { $gt: 1 }, '/$gt'],
  ['an operator without a field, deeper', { $and: [{ a: 1 }, { $eq: 1 }] }, '/$and/1/$eq'],
  ['an empty alternative', { $or: [{}] }, '/$or/0'],
  ['$and of no array', { $and: {} }, '/$and'],
  ['$or of no array', { a: { $or: 1 } }, '/a/$or'],
  ['$nor of no array', { $nor: 'x' }, '/$nor'],
  ['$not of no object', { $not: [] }, '/$not'],
  ['$in of no array', { a: { $in: 'x' } }, '/a/$in'],
  ['$nin of an object', { a: { $nin: {} } }, '/a/$nin'],
  ['$all of no array', { a: { $all: 1 } }, '/a/$all'],
  ['$exists of a number', { a: { $exists: 1 } }, '/a/$exists'],
  ['$type of a number', { a: { $type: 1 } }, '/a/$type'],
  ['$size below 0', { a: { $size: -1 } }, '/a/$size'],
  ['$size of a decimal', { a: { $size: 1.5 } }, '/a/$size'],
  ['$mod by 0', { a: { $mod: [0, 1] } }, '/a/$mod'],
  ['$mod of one number', { a: { $mod: [1] } }, '/a/$mod'],
  ['$mod of decimals', { a: { $mod: [1.5, 0] } }, '/a/$mod'],
  ['$beginsWith of a number', { a: { $beginsWith: 1 } }, '/a/$beginsWith'],
  ['$elemMatch of a value', { a: { $elemMatch: 1 } }, '/a/$elemMatch'],
  ['$elemMatch without a field', { $elemMatch: { a: 1 } }, '/$elemMatch'],
  ['$allMatch of an array', { a: { $allMatch: [] } }, '/a/$allMatch'],
  ['$keyMapMatch of a string', { a: { $keyMapMatch: 'k' } }, '/a/$keyMapMatch'],
  ['a broken pattern', { a: { $regex: '(' } }, '/a/$regex'],
  ['a pattern with look-around', { a: { $regex: '(?=x)' } }, '/a/$regex'],
  ['a pattern with a back-reference', { a: { $regex: '(a)\\1' } }, '/a/$regex'],
  ['a pattern that is too long', { a: { $regex: 'a'.repeat(LIMITS.selectorPattern + 1) } }, '/a/$regex'],
  ['a pattern that grows when it is compiled', { a: { $regex: '((a{99}){99}){99}' } }, '/a/$regex'],
  ['a field with an empty part', { 'a..b': 1 }, '/a..b'],
  ['a field without a name', { '': 1 }, '/'],
  ['a list that is too long', { a: { $in: Array<JsonValue>(LIMITS.selectorList + 1).fill(1) } }, '/a/$in'],
  ['a key with a slash', { 'a/b': { $foo: 1 } }, '/a~1b/$foo'],
];

describe('Mango selectors', () => {
  for (const [name, selector, pointer] of REFUSED) {
    it(`refuse ${name}`, () => {
      assert.throws(
        () => parseSelector(selector),
        (error) =>
          error instanceof AuditError && error.code === 'INVALID_QUERY' && error.errors[0]?.pointer === pointer,
      );
    });
  }

  it('are bounded in depth', () => {
    assert.ok(parseSelector(nested(LIMITS.selectorDepth - 1)));
    assert.throws(() => parseSelector(nested(LIMITS.selectorDepth)), { code: 'INVALID_QUERY' });
  });

  it('are bounded in tests', () => {
    const tests = (count: number) => ({ $or: Array.from({ length: count }, (_, index): JsonObject => ({ a: index })) });
    assert.ok(parseSelector(tests(LIMITS.selectorTests)));
    assert.throws(() => parseSelector(tests(LIMITS.selectorTests + 1)), { code: 'INVALID_QUERY' });
  });

  it('never fail otherwise than by a refusal', () => {
    const key = fc.constantFrom(
      'a',
      'a.b',
      '$and',
      '$or',
      '$nor',
      '$not',
      '$eq',
      '$in',
      '$elemMatch',
      '$regex',
      '$mod',
      '$x',
    );
    const hostile = fc.letrec<{ value: JsonValue }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        fc.constantFrom<JsonValue>(null, true, 0, 1.5, 'a', '(', '[a-', '.*'),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(key, tie('value'), { maxKeys: 3 }),
      ),
    })).value;
    fc.assert(
      fc.property(hostile, hostile, (selector, document) => {
        try {
          assert.equal(typeof matchesSelector(selector, { a: document }), 'boolean');
        } catch (error) {
          assert.ok(error instanceof AuditError && error.code === 'INVALID_QUERY', String(error));
        }
      }),
      { numRuns: 1000 },
    );
  });
});

import assert from 'node:assert/strict';
import path from 'node:path';
import { cp } from 'node:fs/promises';
import fc from 'fast-check';
import Database from 'libsql';
import { compareJson, matchesSelector } from '../../../core/index.js';
import type { JsonObject, JsonValue } from '../../../core/index.js';
import { collate } from '../../../network/embedded/ledger/collation.js';
import { openLedger, verifyLedger } from '../../../network/embedded/ledger/index.js';
import type { Ledger, MangoQuery } from '../../../network/embedded/ledger/types.js';
import { CHANNEL, commitDrafts, commitGenesis, NAMESPACE, put, remove, rwset, withDirectory } from './chain.js';
import { index, keyOf, replaceDocuments, withDocuments } from './documents.js';

/** Of every type, and neighbours in the order. */
const VALUES: JsonValue[] = [
  null,
  false,
  true,
  -1e300,
  -1,
  -0,
  0.5,
  1,
  2 ** 53,
  '',
  'a',
  'a\u0000',
  'a\u0000b',
  'ab',
  '\uffee',
  '\u{1f600}',
  [],
  [1],
  [1, 'a'],
  {},
  { x: 1 },
  { x: 1, y: 2 },
];
const value = fc.constantFrom(...VALUES);
const document = fc.record({ a: value, b: value, c: value }, { requiredKeys: [] });
const field = fc.constantFrom('a', 'b', 'c');

/** Over others CouchDB fails. */
const operand = fc.constantFrom(...VALUES.filter((one) => JSON.stringify(one) !== '{"x":1,"y":2}'));
const scalar = fc.constantFrom(...VALUES.filter((one) => typeof one !== 'object'));
const test = fc.oneof(
  fc.record({ $eq: operand }),
  fc.record({ $gt: operand }),
  fc.record({ $gte: operand, $lt: operand }),
  fc.record({ $lte: operand }),
  fc.record({ $ne: operand }),
  fc.record({ $in: fc.array(scalar, { maxLength: 3 }) }),
  fc.record({ $exists: fc.boolean() }),
  fc.record({ $not: fc.record({ $gt: operand }) }),
);
const fieldTests = fc.dictionary(field, test, { minKeys: 1, maxKeys: 3 });
const selector = fc.oneof(
  fc.constant({}),
  fieldTests,
  fc.record({ $or: fc.array(fieldTests, { minLength: 1, maxLength: 2 }) }),
  fc.record({ $and: fc.array(fieldTests, { minLength: 1, maxLength: 2 }) }),
);
const direction = fc.constantFrom('asc' as const, 'desc' as const);
/** None, or all fields of an index: then the order is total. */
const sort = fc.tuple(fc.constantFrom<string[]>([], ['a', 'b'], ['c']), direction);

const INDEXES = [index('byAB', ['a', 'b']), index('byC', ['c'])];

describe('rich queries', () => {
  it('answer as a search through all documents does, in every order, page by page', async () => {
    await withDocuments([], async (ledger) => {
      ledger.defineIndexes(INDEXES);
      let round = 0;
      const property = fc.asyncProperty(
        fc.array(document, { maxLength: 12 }),
        selector,
        sort,
        fc.integer({ min: 1, max: 4 }),
        async (documents, wanted, [fields, order], pageSize) => {
          round += 1;
          await replaceDocuments(ledger, `round ${round}`, documents);
          const query = { selector: wanted, sort: fields.map((name) => ({ [name]: order })) };
          const expected = search(documents, query.selector, fields, order);
          const found = ledger.stateQuery(NAMESPACE, query).entries.map(({ key }) => key);
          if (fields.length > 0) assert.deepEqual(found, expected);
          else assert.deepEqual(found.toSorted(), expected.toSorted());
          assert.deepEqual(readPages(ledger, query, pageSize), found);
        },
      );
      await fc.assert(property, { numRuns: 150 });
    });
  });

  it('narrow by the index that is asked for, and fall back where it does not fit', async () => {
    await withDocuments([{ a: 1, b: 1 }, { a: 1, b: 2 }, { a: 2, b: 1 }, { c: 1 }], (ledger) => {
      ledger.defineIndexes(INDEXES);
      const keys = (query: MangoQuery) => ledger.stateQuery(NAMESPACE, query).entries.map(({ key }) => key);
      const wanted = { a: 1, b: { $gte: 1 } };
      assert.deepEqual(keys({ selector: wanted, use_index: ['byAB', 'byAB'] }), ['d00', 'd01']);
      assert.deepEqual(keys({ selector: wanted, use_index: '_design/byAB' }), ['d00', 'd01']);
      assert.deepEqual(keys({ selector: wanted, use_index: 'byC' }), ['d00', 'd01']);
      assert.deepEqual(keys({ selector: wanted, use_index: 'unknown' }), ['d00', 'd01']);
      assert.deepEqual(keys({ selector: { a: 1 }, sort: [{ b: 'desc' }] }), ['d01', 'd00'], 'a is fixed, so b sorts');
      return Promise.resolve();
    });
  });

  it('say what CouchDB says of a sort without an index, of a mixed sort and of a foreign bookmark', async () => {
    await withDocuments([{ a: 1 }, { a: 2 }], (ledger) => {
      const selectAll = { selector: { a: { $gt: 0 } } };
      const refused = (query: MangoQuery, message: RegExp, bookmark = '') =>
        assert.throws(() => ledger.stateQuery(NAMESPACE, query, { pageSize: 1, bookmark }), message);
      refused(
        { ...selectAll, sort: ['a'] },
        /^CouchDbError: error handling CouchDB request\. Error:no_usable_index, {2}Status Code:400, {2}Reason:No index exists for this sort, try indexing by the sort fields\.$/,
      );
      ledger.defineIndexes(INDEXES);
      refused({ ...selectAll, sort: [{ a: 'asc' }, { b: 'desc' }] }, /unsupported_mixed_sort/);
      refused({ ...selectAll, sort: [{ a: 'sideways' }] }, /invalid_sort_json/);
      refused({ selector: { a: { $unknown: 1 } } }, /invalid_selector/);
      for (const bookmark of ['nonsense', Buffer.from('[1]').toString('base64url')]) {
        refused(selectAll, /invalid_bookmark/, bookmark);
      }
      const { bookmark } = ledger.stateQuery(NAMESPACE, selectAll, { pageSize: 1, bookmark: '' });
      refused({ ...selectAll, sort: ['a', 'b'] }, /invalid_bookmark/, bookmark);
      return Promise.resolve();
    });
  });

  it('go on from a bookmark after other documents have come and the last one has gone', async () => {
    await withDocuments(
      [
        { a: 1, b: 1 },
        { a: 3, b: 1 },
        { a: 5, b: 1 },
      ],
      async (ledger) => {
        ledger.defineIndexes(INDEXES);
        const query = { selector: { a: { $gt: 0 }, b: { $gt: 0 } }, sort: ['a'] };
        const first = ledger.stateQuery(NAMESPACE, query, { pageSize: 2, bookmark: '' });
        const writes = [put('new', '{"a":2,"b":1}'), put('newer', '{"a":4,"b":1}'), remove('d01')];
        await commitDrafts(ledger, [{ txId: 'later', rwset: rwset({ writes }) }]);
        const second = ledger.stateQuery(NAMESPACE, query, { pageSize: 9, bookmark: first.bookmark });
        assert.deepEqual(
          [first, second].map(({ entries }) => entries.map(({ key }) => key)),
          [
            ['d00', 'd01'],
            ['newer', 'd02'],
          ],
        );
        assert.equal(ledger.stateQuery(NAMESPACE, query, { pageSize: 9, bookmark: second.bookmark }).bookmark, 'nil');
      },
    );
  });

  it('find what every block wrote, however far behind the indexes were when the process died', async () => {
    await withDirectory(async (dir) => {
      const ledger = await openLedger({ dir, channel: CHANNEL });
      await commitGenesis(ledger);
      ledger.defineIndexes(INDEXES);
      const inAll = (documents: JsonObject[]) => [
        {
          query: { selector: { a: { $gte: 0 } }, sort: ['a', 'b'] },
          expected: search(documents, { a: { $gte: 0 } }, ['a', 'b'], 'asc'),
        },
        {
          query: { selector: { c: { $gte: -9 } }, sort: ['c'] },
          expected: search(documents, { c: { $gte: -9 } }, ['c'], 'asc'),
        },
      ];
      // More blocks than wait in memory. One of the indexes is asked for, and so knows more of them than the other.
      for (let round = 0; round < 90; round++) {
        const documents = [9, 4, 7].map((a) => ({ a: (a * round) % 10, b: round, c: -(round % 9) })).slice(round % 2);
        await replaceDocuments(ledger, `round ${round}`, documents);
        if (round % 5 === 0) ledger.stateQuery(NAMESPACE, { selector: { a: 1 }, sort: ['a', 'b'] });
        if (round > 5 && round % 8 !== 0) continue;
        await withDirectory(async (died) => {
          await cp(dir, died, { recursive: true });
          const restarted = await openLedger({ dir: died, channel: CHANNEL });
          for (const { query, expected } of inAll(documents)) {
            const { entries } = restarted.stateQuery(NAMESPACE, query);
            assert.deepEqual(
              entries.map(({ key }) => key),
              expected,
              `round ${round}`,
            );
          }
          restarted.close();
          assert.deepEqual(await verifyLedger({ dir: died, channel: CHANNEL }), []);
        });
      }
      ledger.close();
    });
  });

  it('leave no entries behind of what documents were before, however often and unevenly indexes are written', async () => {
    await withDirectory(async (dir) => {
      const ledger = await openLedger({ dir, channel: CHANNEL });
      await commitGenesis(ledger);
      ledger.defineIndexes([index('byAB', ['a', 'b']), { ...index('byC', ['c']), filter: { a: { $gt: 2 } } }]);
      let documents: JsonObject[] = [];
      for (let round = 0; round < 9; round++) {
        // More than fit into one statement, some as they were, some without a field, some out of the filter.
        documents = Array.from({ length: 60 + ((round * 37) % 40) }, (_, at) => ({
          a: (at * round) % 5,
          ...((at + round) % 7 > 0 && { b: at % 3 }),
          c: round % 2 === 0 ? at : 'the same',
        }));
        await replaceDocuments(ledger, `round ${round}`, documents);
        // A query writes the index that it reads, and no other.
        if (round % 3 === 0) ledger.stateQuery(NAMESPACE, { selector: { a: 1, b: 1 } });
      }
      ledger.close();
      assert.deepEqual(await verifyLedger({ dir, channel: CHANNEL }), []);
      const database = new Database(path.join(dir, 'index', `${CHANNEL}.sqlite`));
      const counted = database
        .prepare('SELECT index_id, count(*) FROM mango_entries GROUP BY 1 ORDER BY 1')
        .raw()
        .all();
      database.close();
      const withB = documents.filter(({ b }) => b !== undefined).length;
      const inFilter = documents.filter(({ a }) => Number(a) > 2).length;
      assert.deepEqual(counted, [
        [1, withB],
        [2, inFilter],
      ]);
    });
  });

  it('are verified: a document that an index lacks is named', async () => {
    await withDirectory(async (dir) => {
      const ledger = await openLedger({ dir, channel: CHANNEL });
      await commitGenesis(ledger);
      ledger.defineIndexes(INDEXES);
      await replaceDocuments(ledger, 'documents', [{ c: 1 }, { c: 2 }]);
      ledger.close();
      assert.deepEqual(await verifyLedger({ dir, channel: CHANNEL }), []);
      const database = new Database(path.join(dir, 'index', `${CHANNEL}.sqlite`));
      database.exec("DELETE FROM mango_entries WHERE key = CAST('d01' AS BLOB)");
      database.close();
      assert.deepEqual(await verifyLedger({ dir, channel: CHANNEL }), [{ reason: 'the index byC/byC lacks d01' }]);
    });
  });

  it('return values byte for byte, skip what is no JSON object, and ignore a limit as a peer does', async () => {
    const odd = ' {"b":1e3,  "a":1}';
    await withDocuments([], async (ledger) => {
      const writes = [
        put('object', odd),
        put('array', '[1]'),
        put('text', '"a"'),
        put('torn', '{"a":'),
        put('other', '{"a":1}'),
      ];
      await commitDrafts(ledger, [{ txId: 't', rwset: rwset({ writes }) }]);
      const { entries } = ledger.stateQuery(NAMESPACE, { selector: { a: 1 }, limit: 1 });
      assert.deepEqual(
        entries.map(({ key, value: bytes }) => [key, String(bytes)]),
        [
          ['object', odd],
          ['other', '{"a":1}'],
        ],
      );
      assert.deepEqual(
        ledger.stateQuery(NAMESPACE, { selector: { a: 1 }, skip: 1 }).entries.map(({ key }) => key),
        ['other'],
      );
      assert.equal(ledger.stateQuery(NAMESPACE, { selector: { _id: 'other' } }).entries.length, 1);
      assert.deepEqual(ledger.stateQuery('elsewhere', { selector: {} }).entries, []);
    });
  });
});

/** Keys of the matching documents that have all the fields to sort by. */
function search(documents: JsonObject[], wanted: JsonObject, fields: string[], order: string): string[] {
  const found = documents
    .map((candidate, position) => ({ key: keyOf(position), candidate }))
    .filter(({ candidate }) => matchesSelector(wanted, candidate, collate))
    .filter(({ candidate }) => fields.every((name) => name in candidate))
    .sort((left, right) => compareFields(left.candidate, right.candidate, fields))
    .map(({ key }) => key);
  return order === 'desc' ? found.reverse() : found;
}

function compareFields(left: JsonObject, right: JsonObject, fields: string[]): number {
  return fields.map((name) => compareJson(left[name] ?? null, right[name] ?? null, collate)).find(Boolean) ?? 0;
}

function readPages(ledger: Ledger, query: MangoQuery, pageSize: number): string[] {
  const keys: string[] = [];
  let bookmark = '';
  do {
    const page = ledger.stateQuery(NAMESPACE, query, { pageSize, bookmark });
    keys.push(...page.entries.map(({ key }) => key));
    bookmark = page.bookmark;
  } while (bookmark !== 'nil');
  return keys;
}

import assert from 'node:assert/strict';
import type { MangoQuery } from '../../../network/embedded/ledger/types.js';
import { commitDrafts, NAMESPACE, put, rwset } from './chain.js';
import { index, withDocuments } from './documents.js';

describe('an index with a filter', () => {
  it('is used where it is asked for, and leads to what it holds', async () => {
    await withDocuments([{ a: 1, c: 1 }, { a: 1 }, { a: 2, c: 1 }], async (ledger) => {
      const filtered = { ...index('byAOfC', ['a']), filter: { c: { $exists: true } } };
      ledger.defineIndexes([filtered]);
      const keys = (query: MangoQuery) => ledger.stateQuery(NAMESPACE, query).entries.map(({ key }) => key);
      const asked = { selector: { a: { $gt: 0 } }, use_index: ['byAOfC', 'byAOfC'] };
      assert.deepEqual(keys({ ...asked, sort: ['a'] }), ['d00', 'd02']);
      assert.deepEqual(keys({ selector: asked.selector }), ['d00', 'd01', 'd02']);
      assert.throws(() => keys({ selector: asked.selector, sort: ['a'] }), /no_usable_index/);
      await commitDrafts(ledger, [{ txId: 'out of the filter', rwset: rwset({ writes: [put('d00', '{"a":1}')] }) }]);
      assert.deepEqual(keys(asked), ['d02']);
      await commitDrafts(ledger, [{ txId: 'into it', rwset: rwset({ writes: [put('d01', '{"a":3,"c":0}')] }) }]);
      assert.deepEqual(keys({ ...asked, sort: ['a'] }), ['d02', 'd01']);
      ledger.defineIndexes([{ ...filtered, filter: { c: 0 } }]);
      assert.deepEqual(keys(asked), ['d01'], 'another filter is another index');
    });
  });
});

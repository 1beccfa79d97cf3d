import assert from 'node:assert/strict';
import fc from 'fast-check';
import { StateCache } from '../../../network/embedded/ledger/state-cache.js';
import type { StateEntry } from '../../../network/embedded/ledger/types.js';

describe('remembered state', () => {
  it('is the last that was noted of a key, or nothing', () => {
    const key = fc.constantFrom('a', 'b', 'c', 'd');
    const namespace = fc.constantFrom('cc', 'other');
    const size = fc.constantFrom(undefined, 1, 1_500_000);
    fc.assert(
      fc.property(fc.array(fc.tuple(namespace, key, size), { maxLength: 40 }), (notes) => {
        const cache = new StateCache();
        const last = new Map<string, StateEntry | null>();
        for (const [index, [ofNamespace, ofKey, bytes]] of notes.entries()) {
          const entry = bytes === undefined ? undefined : entryOf(ofKey, bytes, index);
          cache.note(ofNamespace, ofKey, entry);
          last.set(`${ofNamespace}/${ofKey}`, entry ?? null);
          for (const [name, expected] of last) {
            const [asked = '', askedKey = ''] = name.split('/');
            const found = cache.get(asked, askedKey);
            assert.ok(found === undefined || found === expected);
          }
        }
      }),
    );
  });

  it('forgets what nobody asks for, and keeps what is asked for', () => {
    const cache = new StateCache();
    cache.note('cc', 'asked for', entryOf('asked for', 1, 0));
    cache.note('cc', 'left alone', entryOf('left alone', 1, 0));
    for (let index = 0; index < 100; index++) {
      cache.note('cc', `large ${index}`, entryOf(`large ${index}`, 1_000_000, index));
      assert.equal(cache.get('cc', 'asked for')?.key, 'asked for');
    }
    assert.equal(cache.get('cc', 'left alone'), undefined);
    const kept = Array.from({ length: 100 }, (_, index) => cache.get('cc', `large ${index}`)).filter(Boolean);
    assert.ok(kept.length < 12, `${kept.length} MB`);
  });
});

function entryOf(key: string, bytes: number, block: number): StateEntry {
  return { key, value: new Uint8Array(bytes), version: { blockNum: BigInt(block), txNum: 0 } };
}

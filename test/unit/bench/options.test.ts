import assert from 'node:assert/strict';
import { readOptions, USAGE } from '../../bench/options.js';
import { UsageError } from '../../../scripts/usage-error.js';

describe('the options of the bench', () => {
  for (const args of [['--wrong'], ['--only', 'oracle'], ['--events', '1000,many'], ['--runs', '0'], ['extra']]) {
    it(`refuses ${args.join(' ')} with the usage`, () => {
      assert.throws(
        () => readOptions(args),
        (error) => error instanceof UsageError && error.message.endsWith(USAGE),
      );
    });
  }

  it('fills up in ascending order, and leaves real peers out of a quick run', () => {
    const { events, only } = readOptions(['--quick', '--events', '100000,1000']);
    assert.deepEqual(events, [1000, 100_000]);
    assert.ok(!only.includes('native'));
    assert.deepEqual(readOptions(['--quick', '--only', 'native']).only, ['native']);
  });
});

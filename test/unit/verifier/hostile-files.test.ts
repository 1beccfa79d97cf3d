import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { verifyEvidence } from '../../../verifier/index.js';
import { goldenTrust } from './golden.js';
import { HOSTILE_FILES } from './hostile-files.js';

describe('the verifier on what only an enemy would write', function () {
  this.timeout(60_000);

  for (const { name, text, code } of HOSTILE_FILES) {
    it(`refuses ${name}`, () => {
      const { verdict, fault } = verifyEvidence(Buffer.from(text), goldenTrust('receipt'));
      assert.deepEqual([verdict, fault?.code], ['invalid', code], fault?.detail);
    });
  }
});

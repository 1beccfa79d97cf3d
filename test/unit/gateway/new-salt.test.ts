import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { newSalt } from '../../../gateway/intake/new-salt.js';

describe('salts', () => {
  it('are 16 bytes in hex, and none is handed out twice', () => {
    const salts = Array.from({ length: 2000 }, newSalt);
    for (const salt of salts) assert.match(salt, /^[0-9a-f]{32}$/);
    assert.equal(new Set(salts).size, salts.length);
    assert.equal(salts.includes('0'.repeat(32)), false);
  });
});

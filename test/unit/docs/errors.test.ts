import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ERRORS } from '../../../core/index.js';
import { root } from '../../runner/tiers.js';

describe('docs/api.md', () => {
  const text = readFileSync(path.join(root, 'docs/api.md'), 'utf8');

  it('documents every error code as it is, and no other', () => {
    const documented = [...text.matchAll(/^\| `([A-Z_]+)` \| (\d+) \| (yes|no) \| (.+) \|$/gm)].map(
      ([, code, status, retryable, title]) => [code, { status: Number(status), retryable: retryable === 'yes', title }],
    );
    assert.deepEqual(Object.fromEntries(documented), ERRORS);
  });
});

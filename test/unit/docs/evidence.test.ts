import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { FAULTS } from '../../../verifier/index.js';
import { root } from '../../runner/tiers.js';

describe('docs/evidence.md', () => {
  const text = readFileSync(path.join(root, 'docs/evidence.md'), 'utf8');

  it('documents every fault as it is, and no other', () => {
    const rows = [...text.matchAll(/^\| `([A-Z_]+)` \| (\w+) \| (.+) \|$/gm)];
    assert.deepEqual(Object.fromEntries(rows.map(([, code, verdict, title]) => [code, { verdict, title }])), FAULTS);
  });

  it('says at which step each fault is found', () => {
    const steps = text.slice(text.indexOf('## Checking'), text.indexOf('## Faults'));
    for (const code of Object.keys(FAULTS)) assert.ok(steps.includes(`\`${code}\``), code);
  });
});

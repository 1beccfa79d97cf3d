import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'mocha';
import { LIMITS } from '../../../core/index.js';
import { readCheckpointDocuments } from '../../../scripts/checkpoint-files.js';
import { readFile } from '../../../scripts/trust-folder.js';
import { UsageError } from '../../../scripts/usage-error.js';

describe('files that somebody hands over', () => {
  const dir = mkdtempSync(join(tmpdir(), 'audit-files-'));
  after(() => rmSync(dir, { recursive: true }));

  function write(name: string, content: string | Buffer): string {
    writeFileSync(join(dir, name), content);
    return join(dir, name);
  }

  it('are read up to the byte that makes them too large, also where they have no size', () => {
    assert.equal(readFile('/dev/zero', 10).length, 11);
    assert.equal(readFile('/dev/zero').length, LIMITS.fullEvidenceBytes + 1);
    assert.equal(readFile(write('whole', 'all of it'), 9).toString(), 'all of it');
    for (const none of [join(dir, 'no-such-file'), dir]) assert.throws(() => readFile(none), UsageError);
  });

  it('are checkpoints, one a line, whatever is between them', () => {
    const lines = write('lines.ndjson', '\n\n {"one":1}\r\n\r\n  \n{"two":2}');
    assert.deepEqual(readCheckpointDocuments(lines).map(String), ['{"one":1}', '{"two":2}']);
    assert.deepEqual(readCheckpointDocuments(write('none.ndjson', '\n'.repeat(50_000_000))), []);
    assert.throws(() => readCheckpointDocuments(write('many.ndjson', 'x\n'.repeat(200_001))), UsageError);
    assert.throws(() => readCheckpointDocuments('/dev/zero'), UsageError);
  });

  it('are all of a folder that look like checkpoints', () => {
    const folder = join(dir, 'folder');
    mkdirSync(folder);
    for (const [name, text] of [
      ['b.ndjson', '2'],
      ['a.json', '1'],
      ['c.txt', '3'],
    ] as const)
      writeFileSync(join(folder, name), text);
    assert.deepEqual(readCheckpointDocuments(folder).map(String), ['1', '2']);
  });
});

import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'mocha';
import { findPrograms, runProgram } from '../../../network/native/programs.js';

describe("Fabric's programs", () => {
  let dir: string;
  before(() => {
    dir = mkdtempSync(path.join(tmpdir(), 'programs-'));
    for (const folder of ['given', 'path', 'cache/agent-audit-ledger/fabric-3.1.5/bin', 'partial']) {
      mkdirSync(path.join(dir, folder), { recursive: true });
      const names = ['peer', 'orderer', 'configtxgen', ...(folder === 'partial' ? [] : ['osnadmin'])];
      for (const name of names) writeFileSync(path.join(dir, folder, name), '#!/bin/sh\n', { mode: 0o755 });
    }
  });
  after(() => rmSync(dir, { recursive: true }));

  const folderOf = (env: Record<string, string>): string | undefined => {
    const programs = findPrograms({ XDG_CACHE_HOME: path.join(dir, 'nothing'), ...env });
    return programs && path.relative(dir, path.dirname(programs.peer));
  };

  it('are those of FABRIC_BIN, else of the PATH, else of the cache folder', () => {
    const [given, onPath, cache] = ['given', 'path', 'cache'].map((name) => path.join(dir, name)) as [
      string,
      string,
      string,
    ];
    assert.equal(folderOf({ FABRIC_BIN: given, PATH: onPath, XDG_CACHE_HOME: cache }), 'given');
    assert.equal(folderOf({ PATH: `/nowhere:${onPath}`, XDG_CACHE_HOME: cache }), 'path');
    assert.equal(folderOf({ PATH: '', XDG_CACHE_HOME: cache }), 'cache/agent-audit-ledger/fabric-3.1.5/bin');
    assert.equal(folderOf({ PATH: '' }), undefined);
  });

  it('are taken from one folder that has all of them', () => {
    const partial = path.join(dir, 'partial');
    assert.equal(folderOf({ FABRIC_BIN: partial, PATH: path.join(dir, 'path') }), 'path');
    writeFileSync(path.join(partial, 'osnadmin'), '');
    chmodSync(path.join(partial, 'osnadmin'), 0o644);
    assert.equal(folderOf({ FABRIC_BIN: partial, PATH: '' }), undefined);
  });
});

describe('runProgram', () => {
  it('answers what was written', async () => {
    assert.equal(await runProgram('/bin/sh', ['-c', 'echo "$WORD"'], { WORD: 'hello' }), 'hello\n');
  });

  it("keeps the caller's settings from Fabric's programs", async () => {
    process.env['CORE_PEER_ID'] = 'stray';
    try {
      assert.equal(await runProgram('/bin/sh', ['-c', 'echo "[$CORE_PEER_ID]"'], {}), '[]\n');
    } finally {
      delete process.env['CORE_PEER_ID'];
    }
  });

  it("gives a failed program's words, without colors, stack and usage", async () => {
    const script = "printf '\\033[31mnoise\\033[0m\\npanic: no such profile\\n\\ngoroutine 1\\n' >&2; exit 2";
    await assert.rejects(runProgram('/bin/sh', ['-c', script], {}), /sh -c .*: panic: no such profile/s);
    await assert.rejects(runProgram('/bin/sh', ['-c', "printf '\\033[31mred\\033[0m' >&2; exit 1"], {}), /: red$/);
    const usage = "printf 'Error: no peer\\nUsage:\\n  peer [flags]\\n' >&2; exit 1";
    await assert.rejects(runProgram('/bin/sh', ['-c', usage], {}), /: Error: no peer$/);
  });
});

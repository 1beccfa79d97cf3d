import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'mocha';
import { composeFileOf, writeComposeNetwork } from '../../network/compose/index.js';
import { loadDefinition } from '../../network/definition/index.js';
import type { NativeLayout } from '../../network/native/layout.js';
import { findPrograms } from '../../network/native/programs.js';
import { root } from '../runner/tiers.js';
import { freePortRow } from '../support/native-options.js';

describe('the files of a Compose network', function () {
  this.timeout(60_000);
  let dir: string;
  let layout: NativeLayout;
  const write = async (): Promise<NativeLayout> =>
    writeComposeNetwork({
      dir,
      definition: loadDefinition(),
      programs: findPrograms() ?? assert.fail("Fabric's programs are not here"),
      bundle: path.join(root, 'dist/chaincode-package'),
      basePort: await freePortRow(),
    });
  before(async () => {
    dir = mkdtempSync(path.join(tmpdir(), 'compose-'));
    layout = await write();
  });
  after(() => rmSync(dir, { recursive: true }));

  const passwordsOf = (): string[] =>
    layout.peers.map(({ folder }) => {
      const [, password] = /PASSWORD=(.+)/.exec(readFileSync(path.join(folder, 'secrets.env'), 'utf8')) ?? [];
      return password ?? assert.fail('there is no password');
    });

  it('give every database a password of its own, which stays when they are written again', async () => {
    const passwords = passwordsOf();
    assert.equal(new Set(passwords).size, layout.peers.length);
    for (const password of passwords) assert.ok(password.length >= 32);
    await write();
    assert.deepEqual(passwordsOf(), passwords);
  });

  it('are readable by their owner only', () => {
    for (const entry of readdirSync(dir, { withFileTypes: true, recursive: true })) {
      const file = path.join(entry.parentPath, entry.name);
      if (/\.(env|key|yaml)$|key\.pem$/.test(file)) assert.equal(statSync(file).mode & 0o077, 0, file);
    }
  });

  it('name the files that they mount', () => {
    const sources = [...readFileSync(composeFileOf(dir), 'utf8').matchAll(/source: (.+)/g)].map(
      ([, file = '']) => file,
    );
    assert.ok(sources.length > 0);
    for (const source of sources) assert.ok(statSync(source));
  });

  it('are taken by Docker Compose', function () {
    if (spawnSync('docker', ['compose', 'version']).status !== 0) this.skip();
    execFileSync('docker', ['compose', '--file', composeFileOf(dir), 'config', '--quiet']);
  });
});

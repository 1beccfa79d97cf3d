import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { root } from '../runner/tiers.js';
import { describeEmbedded } from '../support/network-under-test.js';
import { startProbeNetwork, stopProbeNetwork } from '../support/probe-network.js';

describeEmbedded('npm run network -- verify|up --on embedded', () => {
  const dir = mkdtempSync(path.join(tmpdir(), 'verify-ledger-'));
  const blockFile = path.join(dir, 'network/ledger/ledgersData/chains/chains/audit/blockfile_000000');
  const run = (command: 'verify' | 'up') => {
    const args = [path.join(root, 'dist/scripts/network.js'), command, '--on', 'embedded'];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, {
      encoding: 'utf8',
      env: { ...process.env, AUDIT_DATA_DIR: dir },
      // A network that starts goes on until it is told to stop.
      timeout: 20_000,
    });
    return { status, stdout, stderr };
  };
  /** What is said of block files with one change, which is taken back. */
  const runChanged = (command: 'verify' | 'up', change: (bytes: Buffer) => Buffer) => {
    copyFileSync(blockFile, `${blockFile}.sound`);
    writeFileSync(blockFile, change(readFileSync(blockFile)));
    const verdict = run(command);
    copyFileSync(`${blockFile}.sound`, blockFile);
    rmSync(`${blockFile}.sound`);
    return verdict;
  };

  before(async function () {
    this.timeout(60_000);
    const probe = await startProbeNetwork(path.join(dir, 'network'));
    await probe.operator.contract.submitTransaction('Put', 'first', 'one');
    await probe.operator.contract.submit('PutPrivate', { arguments: ['secret'], transientData: { value: 'private' } });
    await probe.operator.contract.submitTransaction('Put', 'last', 'three');
    await stopProbeNetwork(probe);
  });
  after(() => rmSync(dir, { recursive: true }));

  it('says what it has checked, and that all of it holds', () => {
    const { status, stdout } = run('verify');
    assert.match(stdout, /^Checked 5 blocks with 5 transactions, 5 of them valid:/);
    assert.match(stdout, /All of it holds\.\n$/);
    assert.equal(status, 0);
  });

  const changed = (bytes: Buffer): Buffer => {
    const position = bytes.indexOf('one');
    bytes[position] = (bytes[position] ?? 0) ^ 1;
    return bytes;
  };

  it('names block and byte where a block was changed', () => {
    const { status, stdout } = runChanged('verify', changed);
    assert.match(stdout, /NOT WELL: block 2: .*byte \d+/);
    assert.equal(status, 1);
  });

  it('does not start on it, and says in one sentence why', () => {
    const { status, stderr } = runChanged('up', changed);
    assert.match(stderr, /\nThe network in .* cannot be opened: .*block 2, blockfile_000000, byte \d+\)\n$/);
    assert.equal(status, 1);
  });

  it('says how many bytes are torn off at the end', () => {
    const { status, stdout } = runChanged('verify', (bytes) => bytes.subarray(0, bytes.length - 10));
    assert.match(stdout, /NOT WELL: block 4: \d+ bytes behind the last block are no whole block/);
    assert.equal(status, 1);
  });
});

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { after, before, describe, it } from 'mocha';
import { logFile, runningPid, startProcess, stopProcess } from '../../../network/native/processes.js';

describe('processes', () => {
  let dir: string;
  before(() => (dir = mkdtempSync(path.join(tmpdir(), 'processes-'))));
  after(() => rmSync(dir, { recursive: true }));

  const shell = (name: string, script: string) => ({
    folder: path.join(dir, name),
    command: '/bin/sh',
    args: ['-c', script],
    env: {},
  });

  it('run once, write their log, and end with their children', async () => {
    const spec = shell('once', 'sleep 60 & echo $!; wait');
    startProcess(spec);
    const pid = runningPid(spec.folder);
    startProcess(spec);
    assert.equal(runningPid(spec.folder), pid);
    while (!readFileSync(logFile(spec.folder), 'utf8').includes('\n')) await delay(10);
    const child = Number(readFileSync(logFile(spec.folder), 'utf8'));
    assert.equal(await stopProcess(spec.folder), true);
    assert.equal(runningPid(spec.folder), undefined);
    await assert.rejects(async () => {
      for (let tries = 0; tries < 200; tries++) {
        process.kill(child, 0);
        await delay(10);
      }
    }, /ESRCH/);
    assert.equal(await stopProcess(spec.folder), false);
  });

  it('that another one got the id of are left alone', async () => {
    const bystander = spawn('/bin/sh', ['-c', 'sleep 60'], { detached: true, stdio: 'ignore' });
    try {
      const { folder, ...spec } = shell('reused', 'exit 0');
      startProcess({ folder, ...spec });
      while (runningPid(folder) !== undefined) await delay(10);
      writeFileSync(path.join(folder, 'process.json'), JSON.stringify({ pid: bystander.pid, startedAt: '1' }));
      assert.equal(await stopProcess(folder), false);
      assert.ok(process.kill(bystander.pid ?? 0, 0));
    } finally {
      bystander.kill();
    }
  });

  it('that cannot be started are not running', () => {
    const spec = { ...shell('missing', ''), command: path.join(dir, 'no-such-program') };
    startProcess(spec);
    assert.equal(runningPid(spec.folder), undefined);
  });

  it('are not running where the file that names them is damaged', () => {
    const { folder } = shell('once', '');
    for (const text of ['', '{}', '{"pid":-1,"startedAt":"x"}', '{"pid":1,"startedAt":"x"}']) {
      writeFileSync(path.join(folder, 'process.json'), text);
      assert.equal(runningPid(folder), undefined);
    }
  });
});

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, beforeEach, describe, it } from 'mocha';
import { install, releaseUrl } from '../../../network/native/install.js';
import { findPrograms, ProgramError } from '../../../network/native/programs.js';

const PROGRAMS = ['peer', 'orderer', 'configtxgen', 'osnadmin'];

describe("installing Fabric's programs", () => {
  let dir: string;
  let server: Server;
  let url: string;
  let served: Buffer;
  let cache: string;

  before(async () => {
    dir = mkdtempSync(path.join(tmpdir(), 'install-'));
    server = createServer((request, response) => {
      response.statusCode = request.url === '/archive.tar.gz' ? 200 : 404;
      response.end(served);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/archive.tar.gz`;
  });
  after(() => {
    server.close();
    rmSync(dir, { recursive: true });
  });
  beforeEach(() => {
    cache = mkdtempSync(path.join(dir, 'cache-'));
    served = archive(PROGRAMS);
  });

  /** As the release has it: the programs below `bin/`. */
  function archive(names: string[]): Buffer {
    const folder = mkdtempSync(path.join(dir, 'release-'));
    mkdirSync(path.join(folder, 'bin'));
    for (const name of names) writeFileSync(path.join(folder, 'bin', name), `#!/bin/sh\n# ${name}\n`, { mode: 0o755 });
    execFileSync('tar', ['-czf', 'archive.tar.gz', 'bin'], { cwd: folder });
    return readFileSync(path.join(folder, 'archive.tar.gz'));
  }

  const env = () => ({ XDG_CACHE_HOME: cache, PATH: '' });
  const run = (from: string, sha256 = createHash('sha256').update(served).digest('hex')): Promise<string> =>
    install({ from, sha256, env: env() });

  async function assertRefused(attempt: Promise<string>, words: RegExp): Promise<void> {
    await assert.rejects(attempt, (error) => error instanceof ProgramError && words.test(error.message));
    assert.equal(findPrograms(env()), undefined);
    assert.deepEqual(readdirSync(path.join(cache, 'agent-audit-ledger')), []);
  }

  it('puts them where they are looked for, from a server or a file', async () => {
    const bin = await run(url);
    assert.equal(findPrograms(env())?.peer, path.join(bin, 'peer'));
    assert.match(readFileSync(path.join(bin, 'peer'), 'utf8'), /# peer/);
    cache = mkdtempSync(path.join(dir, 'cache-'));
    const file = path.join(dir, 'copy.tar.gz');
    writeFileSync(file, served);
    await run(file);
    assert.ok(findPrograms(env()));
  });

  it('leaves those alone that are there', async () => {
    await run(url);
    await run('http://127.0.0.1:1/nobody-listens', '0'.repeat(64));
  });

  it('refuses what has another checksum', async () => {
    await assertRefused(run(url, '0'.repeat(64)), /has the SHA-256 [0-9a-f]{64}, not 0{64}/);
  });

  it('refuses an archive that is cut off, is none, or lacks a program', async () => {
    const whole = served;
    for (const bytes of [whole.subarray(0, whole.length / 2), randomBytes(1000), archive(PROGRAMS.slice(1))]) {
      served = bytes;
      await assertRefused(run(url), /tar|does not hold/);
    }
  });

  it('says in one sentence that nothing can be downloaded', async () => {
    await assertRefused(run('http://127.0.0.1:1/nobody-listens'), /could not be read: .*(ECONNREFUSED|bad port)/);
    await assertRefused(run(`${url}.gone`), /answered 404/);
    await assertRefused(run(path.join(dir, 'no-such-file')), /could not be read/);
  });

  it('knows the official archive of each platform', () => {
    assert.match(
      releaseUrl('linux', 'x64'),
      /^https:\/\/github\.com\/hyperledger\/fabric\/.*-linux-amd64-3\.1\.5\.tar\.gz$/,
    );
    assert.match(releaseUrl('darwin', 'arm64'), /-darwin-arm64-/);
    assert.throws(() => releaseUrl('sunos', 'x64'), ProgramError);
  });
});

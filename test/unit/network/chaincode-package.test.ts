import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'mocha';
import {
  ADDRESS_PLACEHOLDER,
  ADDRESS_VARIABLE,
  writeChaincodeBuilder,
} from '../../../network/native/chaincode-builder.js';
import { nodePackage, servicePackage } from '../../../network/native/index.js';
import { tarGz } from '../../../network/native/tar-archive.js';

const INDEX = 'META-INF/statedb/couchdb/indexes/by-agent.json';
const ROOT_CERTIFICATE = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n';

describe('chaincode packages', () => {
  let dir: string;
  let bundle: string;
  before(() => {
    dir = mkdtempSync(path.join(tmpdir(), 'package-'));
    bundle = path.join(dir, 'bundle');
    mkdirSync(path.join(bundle, path.dirname(INDEX)), { recursive: true });
    writeFileSync(path.join(bundle, 'index.js'), 'exports.contracts = [];\n');
    writeFileSync(path.join(bundle, 'package.json'), '{}\n');
    writeFileSync(path.join(bundle, INDEX), '{"index":{}}\n');
  });
  after(() => rmSync(dir, { recursive: true }));

  /** Unpacks both layers with the system's tar. */
  function unpack(name: string, bytes: Buffer): { metadata: unknown; code: string; names: string[] } {
    const folder = path.join(dir, name);
    const code = path.join(folder, 'code');
    mkdirSync(code, { recursive: true });
    writeFileSync(path.join(folder, 'package.tar.gz'), bytes);
    execFileSync('tar', ['-xzf', 'package.tar.gz'], { cwd: folder });
    execFileSync('tar', ['-xzf', '../code.tar.gz'], { cwd: code });
    const names = execFileSync('tar', ['-tzf', 'code.tar.gz'], { cwd: folder, encoding: 'utf8' }).trim().split('\n');
    return { metadata: JSON.parse(readFileSync(path.join(folder, 'metadata.json'), 'utf8')), code, names };
  }

  const service = () =>
    servicePackage('audit_1', bundle, { address: ADDRESS_PLACEHOLDER, rootCertificatePem: ROOT_CERTIFICATE });

  it('are the same bytes whenever they are made, and others for other contents', () => {
    const [first, node] = [service(), nodePackage('audit_1', bundle)];
    utimesSync(path.join(bundle, 'index.js'), 1, 1);
    assert.deepEqual(service(), first);
    assert.deepEqual(nodePackage('audit_1', bundle), node);
    assert.notEqual(servicePackage('audit_1', bundle, { address: 'localhost:1' }).id, first.id);
    writeFileSync(path.join(bundle, 'index.js'), 'exports.contracts = [1];\n');
    assert.notEqual(nodePackage('audit_1', bundle).id, node.id);
  });

  it('are known by label and SHA-256', () => {
    const { id, bytes } = service();
    assert.equal(id, `audit_1:${createHash('sha256').update(bytes).digest('hex')}`);
  });

  it('of the service hold where it is and its indexes, and no code', () => {
    const { metadata, names, code } = unpack('service', service().bytes);
    assert.deepEqual(metadata, { path: '', type: 'ccaas', label: 'audit_1' });
    assert.deepEqual(names, [INDEX, 'connection.json']);
    assert.deepEqual(JSON.parse(readFileSync(path.join(code, 'connection.json'), 'utf8')), {
      address: ADDRESS_PLACEHOLDER,
      dial_timeout: '3s',
      tls_required: true,
      root_cert: ROOT_CERTIFICATE,
    });
  });

  it('for the Node builder hold the code below src/', () => {
    const { metadata, names, code } = unpack('node', nodePackage('audit_1', bundle).bytes);
    assert.deepEqual(metadata, { path: 'audit', type: 'node', label: 'audit_1' });
    assert.deepEqual(names, [INDEX, 'src/index.js', 'src/package.json']);
    assert.deepEqual(readFileSync(path.join(code, 'src/index.js')), readFileSync(path.join(bundle, 'index.js')));
  });

  it('of the service are built by the external builder, with the address of the peer', () => {
    const builder = path.join(dir, 'builder');
    writeChaincodeBuilder(builder);
    const { code } = unpack('built', service().bytes);
    const [metadata, output, release] = ['metadata', 'output', 'release'].map((name) => path.join(dir, name)) as [
      string,
      string,
      string,
    ];
    for (const folder of [metadata, output, release]) mkdirSync(folder);
    const run = (name: string, args: string[]): Buffer =>
      execFileSync(path.join(builder, 'bin', name), args, {
        env: { PATH: process.env['PATH'] ?? '', [ADDRESS_VARIABLE]: '127.0.0.1:7055' },
        stdio: 'pipe',
      });

    writeFileSync(path.join(metadata, 'metadata.json'), '{"path":"","type":"node","label":"x"}');
    assert.throws(() => run('detect', [code, metadata]));
    writeFileSync(path.join(metadata, 'metadata.json'), '{"path":"","type":"ccaas","label":"x"}');
    run('detect', [code, metadata]);
    run('build', [code, metadata, output]);
    run('release', [output, release]);
    const connection = readFileSync(path.join(release, 'chaincode/server/connection.json'), 'utf8');
    assert.equal((JSON.parse(connection) as { address: string }).address, '127.0.0.1:7055');
    assert.equal((JSON.parse(connection) as { root_cert: string }).root_cert, ROOT_CERTIFICATE);
    assert.ok(existsSync(path.join(release, 'statedb/couchdb/indexes/by-agent.json')));
  });
});

describe('tarGz', () => {
  it('refuses a path that the header cannot hold', () => {
    assert.throws(() => tarGz([{ path: 'x'.repeat(101), data: new Uint8Array() }]), RangeError);
  });
});

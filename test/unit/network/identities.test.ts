import assert from 'node:assert/strict';
import { X509Certificate, createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'mocha';
import { X509Certificate as ParsedCertificate } from '@peculiar/x509';
import {
  createOrganization,
  DEMO_EXTENSION,
  DEMO_WORDS,
  IdentitiesError,
  loadOrganization,
} from '../../../network/identities/index.js';
import type { Identity, OrganizationMaterial } from '../../../network/identities/index.js';
import { isLowS } from '../../../network/identities/low-s.js';

const REQUEST = {
  name: 'operator',
  mspId: 'OperatorMSP',
  domain: 'operator.example',
  peers: 2,
  orderers: 1,
  clients: ['gateway'],
};
const NOW = new Date('2030-05-06T07:08:09Z');

const everyone = (material: OrganizationMaterial): Identity[] => [
  material.admin,
  ...material.peers,
  ...material.orderers,
  ...material.clients,
];
const parsed = (pem: string): X509Certificate => new X509Certificate(pem);
const unitsOf = (pem: string): string[] =>
  parsed(pem)
    .subject.split('\n')
    .flatMap((line) => (line.startsWith('OU=') ? [line.slice(3)] : []));

describe("an organization's identities", () => {
  let dir: string;
  let demo: OrganizationMaterial;
  let real: OrganizationMaterial;
  before(async () => {
    dir = mkdtempSync(path.join(tmpdir(), 'identities-'));
    demo = await createOrganization(REQUEST, { dir: path.join(dir, 'demo'), demo: true, now: NOW });
    real = await createOrganization(REQUEST, { dir: path.join(dir, 'real'), demo: false, now: NOW });
  });
  after(() => rmSync(dir, { recursive: true }));

  it('are what was asked for', () => {
    assert.deepEqual(
      everyone(real).map(({ name }) => name),
      [
        'admin@operator.example',
        'peer0.operator.example',
        'peer1.operator.example',
        'orderer0.operator.example',
        'gateway@operator.example',
      ],
    );
  });

  it('are issued by the two authorities, and not by those of another', () => {
    for (const { certificatePem, tls } of everyone(real)) {
      assert.ok(parsed(certificatePem).verify(parsed(real.caCertificatePem).publicKey));
      assert.ok(parsed(tls.certificatePem).verify(parsed(real.tlsCaCertificatePem).publicKey));
      assert.ok(!parsed(certificatePem).verify(parsed(demo.caCertificatePem).publicKey));
    }
  });

  it('have keys that belong to their certificates', () => {
    for (const { certificatePem, privateKeyPem } of everyone(real)) {
      const message = Buffer.from('message');
      const signature = sign('sha256', message, createPrivateKey(privateKeyPem));
      assert.ok(verify('sha256', message, createPublicKey(certificatePem), signature));
    }
  });

  it('name exactly one role', () => {
    assert.deepEqual(
      everyone(real).map(({ certificatePem }) => unitsOf(certificatePem)),
      [['admin'], ['peer'], ['peer'], ['orderer'], ['client']],
    );
  });

  it('are valid from some minutes before to a year after, their authorities for ten', () => {
    const minutes = (pem: string): number => (NOW.getTime() - Date.parse(parsed(pem).validFrom)) / 60_000;
    const days = (pem: string): number => (Date.parse(parsed(pem).validTo) - NOW.getTime()) / 86_400_000;
    for (const pem of [real.admin.certificatePem, real.caCertificatePem])
      assert.ok(minutes(pem) >= 5 && minutes(pem) <= 60);
    assert.equal(days(real.peers[0]?.certificatePem ?? ''), 365);
    assert.equal(days(real.caCertificatePem), 3650);
  });

  it('carry low-S signatures only, so that Fabric takes them as they are', () => {
    for (const { certificatePem, tls } of [...everyone(real), ...everyone(demo)]) {
      for (const pem of [certificatePem, tls.certificatePem]) {
        assert.ok(isLowS(new Uint8Array(new ParsedCertificate(pem).signature)));
      }
    }
  });

  it('have TLS certificates for this machine and their host names', () => {
    const certificate = parsed(real.peers[0]?.tls.certificatePem ?? '');
    for (const host of ['localhost', 'peer0.operator.example']) assert.equal(certificate.checkHost(host), host);
    assert.equal(certificate.checkIP('127.0.0.1'), '127.0.0.1');
    assert.equal(certificate.checkHost('peer0.partner.example'), undefined);
    const client = parsed(real.clients[0]?.tls.certificatePem ?? '');
    for (const host of ['localhost', 'gateway.operator.example', 'gateway.peer1.operator.example']) {
      assert.equal(client.checkHost(host), host);
    }
    assert.equal(client.checkHost('peer1.operator.example'), undefined);
  });

  it('have serial numbers that do not repeat', () => {
    const serials = everyone(real).map(({ certificatePem }) => parsed(certificatePem).serialNumber);
    assert.equal(new Set(serials).size, serials.length);
  });

  it('say in every certificate that they are for demonstration, and only then', () => {
    for (const { certificatePem, tls } of everyone(demo)) {
      assert.ok(unitsOf(certificatePem).includes(DEMO_WORDS));
      assert.ok(unitsOf(tls.certificatePem).includes(DEMO_WORDS));
    }
    for (const { certificatePem } of everyone(real)) assert.ok(!unitsOf(certificatePem).includes(DEMO_WORDS));
  });

  it('mark what signs evidence with a critical extension, and nothing else', () => {
    const isMarked = (pem: string): boolean =>
      new ParsedCertificate(pem).extensions.some(({ type, critical }) => type === DEMO_EXTENSION && critical);
    for (const { certificatePem } of [...demo.peers, ...demo.orderers]) assert.ok(isMarked(certificatePem));
    for (const { certificatePem, tls } of [demo.admin, ...demo.clients]) {
      assert.ok(!isMarked(certificatePem));
      assert.ok(!isMarked(tls.certificatePem));
    }
    for (const { certificatePem } of everyone(real)) assert.ok(!isMarked(certificatePem));
  });

  it('come back from their folder as they were made', () => {
    assert.deepEqual(loadOrganization(path.join(dir, 'real')), real);
  });

  it('are readable by their owner only', () => {
    for (const entry of readdirSync(dir, { recursive: true, withFileTypes: true })) {
      const mode = statSync(path.join(entry.parentPath, entry.name)).mode & 0o777;
      assert.equal(mode, entry.isDirectory() ? 0o700 : 0o600, entry.name);
    }
  });

  it('are never made over others', async () => {
    const before = readFileSync(path.join(dir, 'real', 'ca', 'ca-key.pem'), 'utf8');
    await assert.rejects(createOrganization(REQUEST, { dir: path.join(dir, 'real'), demo: false }), IdentitiesError);
    assert.equal(readFileSync(path.join(dir, 'real', 'ca', 'ca-key.pem'), 'utf8'), before);
  });

  it('that a crash left half-made are made anew', async () => {
    const folder = path.join(dir, 'crashed');
    mkdirSync(`${folder}.unfinished`);
    writeFileSync(path.join(`${folder}.unfinished`, 'organization.json'), 'half');
    await createOrganization(REQUEST, { dir: folder, demo: false });
    assert.ok(!existsSync(`${folder}.unfinished`));
    assert.equal(loadOrganization(folder).peers.length, 2);
  });

  it('are refused where a file is missing', async () => {
    const folder = path.join(dir, 'damaged');
    await createOrganization(REQUEST, { dir: folder, demo: false });
    rmSync(path.join(folder, 'peers', 'peer1.operator.example', 'msp', 'keystore', 'key.pem'));
    assert.throws(() => loadOrganization(folder), /peer1.*key.pem is missing/);
    rmSync(path.join(folder, 'organization.json'));
    assert.throws(() => loadOrganization(folder), /is incomplete/);
  });
});

describe('isLowS', () => {
  const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
  const integer = (value: bigint): number[] => {
    const hex = value.toString(16);
    const bytes = [...Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex')];
    const positive = (bytes[0] ?? 0) & 0x80 ? [0, ...bytes] : bytes;
    return [2, positive.length, ...positive];
  };
  const signature = (s: bigint): Uint8Array => {
    const body = [...integer(order - 5n), ...integer(s)];
    return Uint8Array.from([0x30, body.length, ...body]);
  };

  it('draws the line at half the order', () => {
    assert.ok(isLowS(signature(order / 2n)));
    assert.ok(!isLowS(signature(order / 2n + 1n)));
    assert.ok(isLowS(signature(1n)));
    assert.ok(!isLowS(signature(order - 1n)));
  });
});

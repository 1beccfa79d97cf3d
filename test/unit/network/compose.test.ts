import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { z } from 'zod';
import { composeFile } from '../../../network/compose/compose-file.js';
import { loadDefinition } from '../../../network/definition/index.js';
import { layOut } from '../../../network/native/layout.js';

const strings = z.array(z.string());
const bind = z.strictObject({
  type: z.literal('bind'),
  source: z.string(),
  target: z.string(),
  read_only: z.literal(true),
  bind: z.strictObject({ create_host_path: z.literal(false) }),
});

/** What of the Compose specification is used, and nothing beside it. */
const service = z.strictObject({
  image: z.string(),
  init: z.literal(true).optional(),
  command: strings.optional(),
  working_dir: z.string().optional(),
  environment: z.record(z.string(), z.string()).optional(),
  env_file: strings.optional(),
  ports: strings.optional(),
  volumes: z.array(z.union([z.string(), bind])),
  networks: strings,
  depends_on: z.record(z.string(), z.strictObject({ condition: z.literal('service_healthy') })).optional(),
  restart: z.literal('unless-stopped'),
  healthcheck: z.strictObject({
    test: strings,
    interval: z.string(),
    timeout: z.string(),
    retries: z.number(),
    start_period: z.string(),
  }),
  security_opt: strings,
  deploy: z.strictObject({
    resources: z.strictObject({ limits: z.strictObject({ cpus: z.string(), memory: z.string() }) }),
  }),
  logging: z.strictObject({ driver: z.string(), options: z.record(z.string(), z.string()) }),
  stop_grace_period: z.string(),
});
const file = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9_-]*$/),
  services: z.record(z.string().regex(/^[a-zA-Z0-9._-]+$/), service),
  volumes: z.record(z.string(), z.strictObject({})),
  networks: z.strictObject({ consortium: z.strictObject({}) }),
});

describe('the Compose file', () => {
  const definition = loadDefinition();
  const ordering = { ...definition.ordering, orderers: 3 };
  const addressing = { hostOf: (name: string) => name, listenAddress: '0.0.0.0' };
  const layout = layOut({ ...definition, ordering }, '/srv/audit', 7050, addressing);
  // The chaincode's libraries are found from its bundle upwards.
  const bundle = import.meta.dirname;
  const made = composeFile(layout, { bundle, libraries: '/srv/node_modules', packageIdOf: () => 'audit_1:00' });
  const { services, volumes } = file.parse(made);

  it('has every orderer, for every peer its database and its chaincode, and a gateway for every organization', () => {
    const names = layout.orderers.map(({ name }) => name);
    for (const { name } of layout.peers) names.push(name, `couchdb.${name}`, `chaincode.${name}`);
    for (const { domain } of layout.definition.organizations) names.push(`gateway.${domain}`);
    assert.deepEqual(Object.keys(services).sort(), names.sort());
  });

  it('can stop its chaincode services', () => {
    for (const { name } of layout.peers) assert.equal(services[`chaincode.${name}`]?.init, true);
  });

  it('pins every image to a version', () => {
    for (const { image } of Object.values(services)) assert.match(image, /^[a-z/-]+:\d+\.\d+\.\d+(-[a-z-]+)?$/);
  });

  it('publishes ports on loopback only, each once, and none of databases and chaincode', () => {
    const ports = Object.values(services).flatMap((one) => one.ports ?? []);
    for (const port of ports) assert.match(port, /^127\.0\.0\.1:(\d+):\1$/);
    assert.equal(new Set(ports).size, ports.length);
    for (const [name, one] of Object.entries(services)) {
      assert.equal(one.ports === undefined, /^(couchdb|chaincode)\./.test(name), name);
    }
  });

  it('holds no password: they are in files of their own', () => {
    assert.doesNotMatch(JSON.stringify(made), /password/i);
    for (const { name } of layout.peers) {
      assert.deepEqual(services[name]?.env_file, [`/srv/audit/nodes/${name}/secrets.env`]);
      assert.deepEqual(services[`couchdb.${name}`]?.env_file, [`/srv/audit/nodes/couchdb.${name}/secrets.env`]);
    }
  });

  it('keeps what nodes know in named volumes, one each', () => {
    const named = Object.values(services).flatMap((one) => one.volumes.filter((volume) => typeof volume === 'string'));
    assert.deepEqual(named.map((volume) => volume.split(':')[0]).sort(), Object.keys(volumes).sort());
    assert.equal(
      named.length,
      layout.orderers.length + 2 * layout.peers.length + layout.definition.organizations.length,
    );
  });

  it("gives no container another's private key", () => {
    const identities = new Map([...layout.orderers, ...layout.peers].map(({ name, identity }) => [name, identity]));
    for (const [name, one] of Object.entries(services)) {
      const sources = one.volumes.flatMap((volume) => (typeof volume === 'string' ? [] : [volume.source]));
      for (const [owner, identity] of identities) {
        assert.equal(
          sources.some((source) => identity.startsWith(source)),
          owner === name,
          `${name}: ${owner}`,
        );
      }
    }
  });
});

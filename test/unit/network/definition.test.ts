import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'mocha';
import { CHAINCODE, CHANNEL, PAYLOAD_COLLECTION } from '../../../core/index.js';
import { DefinitionError, loadDefinition } from '../../../network/definition/index.js';
import { collectionsConfig } from '../../../network/native/lifecycle.js';
import { root } from '../../runner/tiers.js';

const original = readFileSync(path.join(root, 'network/definition/consortium.yaml'), 'utf8');

describe('the consortium', () => {
  const definition = loadDefinition();

  it('has the names that contract and gateways use', () => {
    assert.equal(definition.channel, CHANNEL);
    assert.equal(definition.chaincode.name, CHAINCODE);
    assert.deepEqual(
      definition.chaincode.collections.map(({ name }) => name),
      [PAYLOAD_COLLECTION],
    );
  });

  it("has the package's version", () => {
    const manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as { version: string };
    assert.equal(definition.chaincode.version, manifest.version);
  });

  it("has the collections of the chaincode's own file", () => {
    const file = readFileSync(path.join(root, 'chaincode/collections.json'), 'utf8');
    assert.deepEqual(collectionsConfig(definition), JSON.parse(file));
  });
});

describe('loadDefinition', () => {
  let dir: string;
  before(() => (dir = mkdtempSync(path.join(tmpdir(), 'definition-'))));
  after(() => rmSync(dir, { recursive: true }));

  function load(text: string) {
    const file = path.join(dir, 'consortium.yaml');
    writeFileSync(file, text);
    return loadDefinition(file);
  }

  /** Each: what is changed in the project's own file, and what the refusal must name. */
  const faults: [string, string, RegExp][] = [
    ['channel: audit', 'channel: Audit', /channel: lower-case/],
    ['channel: audit', 'channel: audit\nchanel: x', /Unrecognized key: "chanel"/],
    ['mspId: PartnerMSP', 'mspId: OperatorMSP', /two organizations have the same mspId/],
    ['domain: orderer.example', 'domain: ../../etc', /ordering.organization.domain: a DNS name/],
    ['name: partner,', 'name: "../partner",', /organizations.1.name: lower-case/],
    ['peers: 1', 'peers: 0', /organizations.0.peers/],
    ['orderers: 1', 'orderers: 2', /ordering.orderers: Raft needs an odd number/],
    ['consensus: raft', 'consensus: bft', /ordering.orderers: BFT needs at least 4/],
    ['preferredMaxBytes: 65536', 'preferredMaxBytes: 20971520', /is more than absoluteMaxBytes/],
    ['requiredPeerCount: 0', 'requiredPeerCount: 1', /collections.0.requiredPeerCount: is more than maxPeerCount/],
    ["'AuditorMSP.peer'", "'StrangerMSP.peer'", /endorsementPolicy: names StrangerMSP, which is no organization/],
    ["OR('OperatorMSP.member', 'PartnerMSP.member', 'AuditorMSP.member')", 'nobody', /policy: names no organization/],
    ['organizations:', 'organizations: [', /is not valid YAML/],
  ];
  for (const [from, to, message] of faults) {
    it(`refuses ${JSON.stringify(to)}`, () => {
      assert.ok(original.includes(from));
      assert.throws(
        () => load(original.replace(from, to)),
        (error) => error instanceof DefinitionError && message.test(error.message),
      );
    });
  }

  it('refuses aliases, which can make a small file huge', () => {
    const text = original
      .replace('channel: audit', 'channel: &name audit')
      .replace('  name: audit\n', '  name: *name\n');
    assert.throws(() => load(text), /may not use aliases/);
  });

  it('says that a file is missing', () => {
    assert.throws(() => loadDefinition(path.join(dir, 'none.yaml')), /none.yaml cannot be read/);
  });
});

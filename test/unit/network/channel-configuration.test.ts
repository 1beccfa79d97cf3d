import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { loadDefinition } from '../../../network/definition/index.js';
import type { ConsortiumDefinition } from '../../../network/definition/index.js';
import { PROFILE, configtx } from '../../../network/native/configtx.js';
import { layOut, portCount } from '../../../network/native/layout.js';

interface Configuration {
  Profiles: Record<
    string,
    {
      Orderer: {
        OrdererType: string;
        EtcdRaft?: { Consenters: { Port: number }[] };
        ConsenterMapping?: { ID: number; Identity: string; Port: number }[];
        Organizations: { OrdererEndpoints: string[] }[];
      };
      Application: { Organizations: { ID: string; AnchorPeers: { Port: number }[] }[] };
    }
  >;
}

const definition = loadDefinition();
const withOrdering = (consensus: 'raft' | 'bft', orderers: number): ConsortiumDefinition => ({
  ...definition,
  ordering: { ...definition.ordering, consensus, orderers },
});
const profileOf = (consortium: ConsortiumDefinition) => {
  const profile = (configtx(layOut(consortium, '/network', 7050)) as Configuration).Profiles[PROFILE];
  assert.ok(profile);
  return profile;
};

describe("the channel's configuration", () => {
  it('names every Raft orderer as consenter and as endpoint', () => {
    const { Orderer } = profileOf(withOrdering('raft', 3));
    assert.equal(Orderer.OrdererType, 'etcdraft');
    assert.deepEqual(
      Orderer.EtcdRaft?.Consenters.map(({ Port }) => Port),
      [7050, 7054, 7058],
    );
    assert.deepEqual(Orderer.Organizations[0]?.OrdererEndpoints, [
      '127.0.0.1:7050',
      '127.0.0.1:7054',
      '127.0.0.1:7058',
    ]);
  });

  it('gives every BFT orderer an id from 1 and its own certificate', () => {
    const { Orderer } = profileOf(withOrdering('bft', 4));
    assert.equal(Orderer.OrdererType, 'BFT');
    assert.deepEqual(
      Orderer.ConsenterMapping?.map(({ ID }) => ID),
      [1, 2, 3, 4],
    );
    assert.equal(new Set(Orderer.ConsenterMapping.map(({ Identity }) => Identity)).size, 4);
  });

  it("has each organization's own peers as its anchors", () => {
    const { Application } = profileOf(definition);
    assert.deepEqual(
      Application.Organizations.map(({ ID, AnchorPeers }) => [ID, AnchorPeers.map(({ Port }) => Port)]),
      [
        ['OperatorMSP', [7054]],
        ['PartnerMSP', [7058]],
        ['AuditorMSP', [7062]],
      ],
    );
  });
});

describe('the layout of a native network', () => {
  it('gives no port and no folder twice', () => {
    const organizations = definition.organizations.map((one) => ({ ...one, peers: 2 }));
    const consortium = { ...withOrdering('bft', 4), organizations };
    const { orderers, peers } = layOut(consortium, '/network', 7050);
    const ports = [
      ...orderers.flatMap((one) => [one.port, one.operationsPort, one.adminPort]),
      ...peers.flatMap((one) => [one.port, one.operationsPort, one.chaincodeListenerPort, one.chaincode.port]),
    ];
    const folders = [...orderers, ...peers, ...peers.map(({ chaincode }) => chaincode)].map(({ folder }) => folder);
    assert.equal(new Set(ports).size, ports.length);
    assert.equal(new Set(folders).size, folders.length);
    assert.ok(Math.max(...ports) < 7050 + portCount(consortium));
  });
});

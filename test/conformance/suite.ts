import assert from 'node:assert/strict';
import { after, before, describe } from 'mocha';
import { loadDefinition } from '../../network/definition/index.js';
import type { ConsortiumDefinition } from '../../network/definition/index.js';
import type { NetworkUnderTest } from '../support/network-under-test.js';
import { connectMember } from './client.js';
import type { Members } from './client.js';
import { errorConformance } from './errors.js';
import { eventConformance } from './events.js';
import { privateDataConformance } from './private-data.js';
import { readConformance } from './reads.js';
import { transactionConformance } from './transactions.js';

/**
 * What a client can rely on, whatever network stands behind its connection profile: written against the unmodified
 * `@hyperledger/fabric-gateway` and nothing else.
 */
export function describeConformance(name: string, start: () => Promise<NetworkUnderTest>): void {
  describe(`conformance: ${name}`, function () {
    this.timeout(60_000);
    let network: NetworkUnderTest | undefined;
    let members: Members | undefined;
    before(async function () {
      this.timeout(180_000);
      const started = (network = await start());
      const connected = (organization: string) => connectMember(started.profiles[organization] ?? assert.fail());
      members = { operator: connected('operator'), partner: connected('partner'), auditor: connected('auditor') };
    });
    after(async function () {
      this.timeout(60_000);
      for (const member of Object.values(members ?? {})) member.close();
      await network?.close();
    });
    const connected = (): Members => members ?? assert.fail('the network is not running');
    transactionConformance(connected);
    privateDataConformance(connected);
    eventConformance(connected);
    readConformance(connected);
    errorConformance(connected);
  });
}

/** The project's consortium, with a collection of one member, and one whose values live for two blocks. */
export function conformanceDefinition(): ConsortiumDefinition {
  const definition = loadDefinition();
  const collection = { requiredPeerCount: 0, maxPeerCount: 2, memberOnlyRead: true, memberOnlyWrite: true };
  const ownPolicies = { policy: "OR('OperatorMSP.member')", endorsementPolicy: "OR('OperatorMSP.peer')" };
  const everyone = "OR('OperatorMSP.member', 'PartnerMSP.member', 'AuditorMSP.member')";
  return {
    ...definition,
    chaincode: {
      ...definition.chaincode,
      // Two of three again, by the channel's own policy.
      endorsementPolicy: '/Channel/Application/Endorsement',
      collections: [
        ...definition.chaincode.collections,
        { ...collection, name: 'operatorNotes', ...ownPolicies, blockToLive: 0 },
        { ...collection, name: 'shortLived', policy: everyone, blockToLive: 2 },
      ],
    },
  };
}

import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, it } from 'mocha';
import { readConnectionProfile } from '../../gateway/fabric/connection-profile.js';
import { loadOrganization } from '../../network/identities/index.js';
import { readTrust, verifyEvidence } from '../../verifier/index.js';
import type { Report } from '../../verifier/index.js';
import { newEvent, newSession } from '../support/events.js';
import { useNativeNetwork } from './network.js';

const CHALLENGE = 'asked-of-fabric';

for (const { consensus, orderers, quorum } of [
  { consensus: 'raft', orderers: 1, quorum: 1 },
  { consensus: 'bft', orderers: 4, quorum: 3 },
] as const) {
  describe(`evidence in full of a network with ${orderers} ${consensus} orderers`, function () {
    this.timeout(180_000);
    const running = useNativeNetwork(({ ordering, ...rest }) => ({
      ...rest,
      ordering: { ...ordering, consensus, orderers },
    }));

    async function readFull(): Promise<string> {
      const { operator, auditor } = running().apis;
      const session_id = newSession();
      const { event_id: id } = await operator.record(newEvent({ session_id }));
      await operator.record(newEvent({ session_id }));
      const answer = await auditor.get(`/v1/events/${id}/evidence?form=full&challenge=${CHALLENGE}`);
      assert.equal(answer.status, 200, answer.text);
      return answer.text;
    }

    async function verify(text: string, ordererPems: Map<string, string>): Promise<Report> {
      const { organizationRoots } = await readConnectionProfile(running().network.profiles['auditor'] ?? '');
      const json = JSON.stringify({ version: 1, rule: { at_least: 3 }, orderers: { consensus } });
      const trust = readTrust(json, organizationRoots, ordererPems);
      return verifyEvidence(Buffer.from(text), trust, { challenge: CHALLENGE });
    }

    /** What a verifier has to have got from the orderers themselves. */
    function readOrderers(): Map<string, string> {
      const organization = loadOrganization(path.join(running().options.dir, 'organizations/orderer'));
      if (consensus === 'raft') return new Map([[organization.mspId, organization.caCertificatePem]]);
      return new Map(organization.orderers.map(({ certificatePem }, index) => [`${index + 1}`, certificatePem]));
    }

    it('is signed by a quorum of the orderers that the user trusts', async () => {
      const report = await verify(await readFull(), readOrderers());
      assert.equal(report.verdict, 'valid', JSON.stringify(report.fault));
      const sentence = report.statements.map((one) => one.sentence).find((text) => text.includes('signed the block'));
      assert.ok((sentence ?? '').split(/consenter|orderer\d\./).length > quorum, sentence);
    });

    it('is inconclusive for whoever trusts other orderers', async () => {
      const strangers = loadOrganization(path.join(running().options.dir, 'organizations/partner'));
      const one = consensus === 'raft' ? strangers.mspId : '99';
      const pem = consensus === 'raft' ? strangers.caCertificatePem : (strangers.peers[0]?.certificatePem ?? '');
      const report = await verify(await readFull(), new Map([[one, pem]]));
      assert.equal(report.fault?.code, 'ORDERERS_NOT_MET');
    });
  });
}

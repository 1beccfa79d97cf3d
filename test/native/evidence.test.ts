import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { readConnectionProfile } from '../../gateway/fabric/connection-profile.js';
import { readTrust, verifyEvidence } from '../../verifier/index.js';
import { newEvent, newSession } from '../support/events.js';
import { useNativeNetwork } from './network.js';

describe("evidence from Fabric's own peers", function () {
  this.timeout(60_000);
  const running = useNativeNetwork();

  it('is valid for whoever trusts the organizations, and invalid when it is altered', async () => {
    const { apis, network } = running();
    const session_id = newSession();
    const events = [1, 2, 3].map(() => newEvent({ session_id }));
    assert.equal((await apis.operator.post('/v1/events?atomic=true', { events })).status, 200);
    const locator = `OperatorMSP~support-bot~${session_id}~2`;
    const answer = await apis.auditor.get(`/v1/events/${locator}/evidence?challenge=asked-of-fabric&include=payload`);
    assert.equal(answer.status, 200, answer.text);

    const { organizationRoots } = await readConnectionProfile(network.profiles['auditor'] ?? '');
    const trust = readTrust(JSON.stringify({ version: 1, rule: { at_least: 3 } }), organizationRoots);
    const report = verifyEvidence(Buffer.from(answer.text), trust, { challenge: 'asked-of-fabric' });
    assert.equal(report.verdict, 'valid', JSON.stringify(report.fault));
    assert.equal(report.signers.length, 3);

    const altered = answer.text.replace('"shipped"', '"dropped"');
    assert.equal(verifyEvidence(Buffer.from(altered), trust).fault?.code, 'COMMITMENT_MISMATCH');
  });
});

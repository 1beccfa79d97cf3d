import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { keyIdOf, SigningSession, signRegistration } from '../../core/index.js';
import { readConnectionProfile } from '../../gateway/fabric/connection-profile.js';
import { status } from '../../network/native/index.js';
import { readTrust, verifyEvidence } from '../../verifier/index.js';
import type { Report } from '../../verifier/index.js';
import { newSigner } from '../support/agent-signer.js';
import { newEvent, newSession } from '../support/events.js';
import { saltCounter } from '../unit/core/arbitraries.js';
import { useNativeNetwork } from './network.js';

describe("evidence from Fabric's own peers", function () {
  this.timeout(60_000);
  const running = useNativeNetwork();

  const CHALLENGE = 'asked-of-fabric';

  async function record(): Promise<string> {
    const session_id = newSession();
    const events = [1, 2, 3].map(() => newEvent({ session_id }));
    assert.equal((await running().apis.operator.post('/v1/events?atomic=true', { events })).status, 200);
    return `OperatorMSP~support-bot~${session_id}~2`;
  }

  async function readEvidence(locator: string): Promise<string> {
    const path = `/v1/events/${locator}/evidence?challenge=${CHALLENGE}&include=payload`;
    const answer = await running().apis.auditor.get(path);
    assert.equal(answer.status, 200, answer.text);
    return answer.text;
  }

  async function verify(text: string, atLeast: number): Promise<Report> {
    const { organizationRoots } = await readConnectionProfile(running().network.profiles['auditor'] ?? '');
    const trust = readTrust(JSON.stringify({ version: 1, rule: { at_least: atLeast } }), organizationRoots);
    return verifyEvidence(Buffer.from(text), trust, { challenge: CHALLENGE });
  }

  it('is valid for whoever trusts the organizations, and invalid when it is altered', async () => {
    const text = await readEvidence(await record());
    const report = await verify(text, 3);
    assert.equal(report.verdict, 'valid', JSON.stringify(report.fault));
    assert.equal(report.signers.length, 3);
    const altered = await verify(text.replace('"shipped"', '"dropped"'), 3);
    assert.equal(altered.fault?.code, 'COMMITMENT_MISMATCH');
  });

  it('has the signature of an agent by a key that was not revoked, or since', async () => {
    const { operator } = running().apis;
    const agent = { owner: 'OperatorMSP', agent_id: 'signing-agent' };
    const signer = newSigner('P-256');
    const keys = `/v1/agents/${agent.agent_id}/keys`;
    const registered = await operator.post(keys, signRegistration({ ...agent, required: true }, signer));
    assert.equal(registered.status, 201, registered.text);
    const session = new SigningSession({ ...agent, session_id: newSession() }, signer, saltCounter());
    const { agent_id: _agent, session_id: _session, ...event } = newEvent();
    const { locator } = await operator.record({ sealed: session.seal(event) });
    const sentences = async () => {
      const report = await verify(await readEvidence(locator), 3);
      assert.equal(report.verdict, 'valid', JSON.stringify(report.fault));
      return report.statements.map(({ sentence }) => sentence).join('\n');
    };
    assert.match(await sentences(), /\(P-256\) signed the event[^]*not revoked/);
    const { status: code } = await operator.post(`${keys}/${keyIdOf(signer.publicKey)}/revoke`, {});
    assert.equal(code, 200);
    assert.match(await sentences(), /revoked in block \d+, after the event/);
    assert.equal((await operator.post('/v1/events', { sealed: session.seal(event) })).problem.code, 'KEY_REVOKED');
  });

  it('is signed by those who are there, while an organization is not', async () => {
    const locator = await record();
    const { pid } = status(running().options.dir).find(({ name }) => name === 'peer0.partner.example') ?? {};
    process.kill(-(pid ?? assert.fail("the partner's peer does not run")), 'SIGKILL');
    const text = await readEvidence(locator);
    const report = await verify(text, 2);
    assert.equal(report.verdict, 'valid', JSON.stringify(report.fault));
    assert.deepEqual(report.signers.map(({ msp_id }) => msp_id).sort(), ['AuditorMSP', 'OperatorMSP']);
    assert.equal((await verify(text, 3)).fault?.code, 'RULE_NOT_MET');
  });
});

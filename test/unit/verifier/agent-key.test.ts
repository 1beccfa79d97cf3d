import assert from 'node:assert/strict';
import { before, describe, it } from 'mocha';
import { signEvent } from '../../../core/index.js';
import type { EventEvidenceFile, Signer } from '../../../core/index.js';
import { verifyEvidence } from '../../../verifier/index.js';
import type { FaultCode, Trust } from '../../../verifier/index.js';
import { CURVES, newSigner } from '../../support/agent-signer.js';
import { createThreeSigners, forgeEvidence, toBytes, trustIn } from './forge-evidence.js';
import type { Forgery, Signers } from './forge-evidence.js';

type Answer = EventEvidenceFile['event']['answer'];

describe('the verifier on what an agent signed', () => {
  const signer = newSigner();
  const stranger = newSigner();
  let signers: Signers;
  let trust: Trust;

  before(async () => {
    signers = await createThreeSigners();
    trust = trustIn(Object.values(signers) as Signers['operator'][]);
  });

  async function verify(forgery: Forgery) {
    return verifyEvidence(toBytes(await forgeEvidence(signers, forgery)), trust);
  }

  /** All organizations together sign an answer that honest peers would not have given. */
  async function expectFault(code: FaultCode, answer: (answer: Answer, key: NonNullable<Answer['agent_key']>) => void) {
    const alter = (given: Answer) => answer(given, given.agent_key ?? assert.fail());
    const report = await verify({ agent: { signer }, answer: alter });
    assert.equal(report.fault?.code, code, report.fault?.detail);
  }

  function signatureBy(other: Signer, { event }: Answer) {
    const { signature } = signEvent({ core: event.core, hash: event.hash, openings: {} }, other);
    return signature ?? assert.fail();
  }

  for (const curve of CURVES) {
    it(`says what is proven of it, and what is attested of the key (${curve})`, async () => {
      const agent = { signer: newSigner(curve) };
      const report = await verify({ agent });
      assert.equal(report.verdict, 'valid', report.fault?.detail);
      const sentences = (kind: string) =>
        report.statements.filter((statement) => statement.kind === kind).map(({ sentence }) => sentence);
      assert.match(
        sentences('proven').join('\n'),
        new RegExp(`^The key [\\w-]{43} \\(${curve}\\) signed the event`, 'm'),
      );
      assert.match(
        sentences('attested').join('\n'),
        /registered for support-bot of OperatorMSP in .* block 2 .* not revoked/,
      );
      assert.doesNotMatch(sentences('not_checked').join('\n'), /it is not signed/);
    });
  }

  it('says that an event without a signature has none', async () => {
    const report = await verify({});
    assert.match(report.statements.map(({ sentence }) => sentence).join('\n'), /it is not signed/);
  });

  it('takes an event whose key was revoked since, and says so', async () => {
    const report = await verify({ agent: { signer, revoked: [7, 2] } });
    assert.equal(report.verdict, 'valid', report.fault?.detail);
    assert.match(report.statements.map(({ sentence }) => sentence).join('\n'), /revoked in block 7, after the event/);
  });

  it('refuses a key that was not there yet, or no more', async () => {
    const codeOf = async (agent: Forgery['agent']) => (await verify({ agent: agent ?? assert.fail() })).fault?.code;
    assert.equal(await codeOf({ signer, registered: [7, 1] }), 'KEY_REGISTERED_AFTER');
    assert.equal(await codeOf({ signer, registered: [8, 0] }), 'KEY_REGISTERED_AFTER');
    assert.equal(await codeOf({ signer, revoked: [7, 0] }), 'KEY_REVOKED_BEFORE');
    assert.equal(await codeOf({ signer, revoked: [3, 5] }), 'KEY_REVOKED_BEFORE');
  });

  it('wants the key and its end in the signed read set, as the answer has them', async () => {
    const hiding = await verify({
      agent: { signer, revoked: [8, 0] },
      answer: (answer) => delete answer.agent_key?.revoked,
    });
    assert.equal(hiding.fault?.code, 'KEY_NOT_READ');
    await expectFault('KEY_NOT_READ', (_, key) => (key.revoked = key.registered));
    const record = { key: 'r~OperatorMSP~support-bot~session-1~000000000003', version: [7, 1] as [number, number] };
    const { fault } = await verify({ agent: { signer }, event: { reads: [record] } });
    assert.equal(fault?.code, 'KEY_NOT_READ');
  });

  it('refuses a signature of another key, or over another event', async () => {
    await expectFault('AGENT_SIGNATURE_INVALID', (answer) => {
      answer.event.signature = { ...signatureBy(signer, answer), value: signatureBy(stranger, answer).value };
    });
    await expectFault('AGENT_SIGNATURE_INVALID', (answer) => {
      answer.event.signature = signatureBy(signer, { ...answer, event: { ...answer.event, hash: '00'.repeat(32) } });
    });
    await expectFault('AGENT_KEY_MISMATCH', (answer) => (answer.event.signature = signatureBy(stranger, answer)));
  });

  it('refuses a key of another agent, another id, or one that has not signed its registration', async () => {
    await expectFault('AGENT_KEY_MISMATCH', (_, key) => (key.agent_id = 'another'));
    await expectFault('AGENT_KEY_MISMATCH', (_, key) => (key.owner = 'PartnerMSP'));
    await expectFault('AGENT_KEY_MISMATCH', (_, key) => (key.public_key = stranger.publicKey));
    await expectFault('KEY_PROOF_INVALID', (_, key) => (key.required = false));
  });

  it('refuses a signature without its key, and a key without a signature', async () => {
    await expectFault('AGENT_KEY_MISMATCH', (answer) => delete answer.agent_key);
    await expectFault('AGENT_KEY_MISMATCH', ({ event }) => delete event.signature);
  });
});

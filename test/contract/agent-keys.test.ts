import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, it } from 'mocha';
import { formatLocator, keyIdOf, LIMITS, signEvent, signRegistration } from '../../core/index.js';
import type { AgentKey, AgentRef, Signer } from '../../core/index.js';
import { CURVES, newSigner } from '../support/agent-signer.js';
import { useConsortium } from './consortium.js';
import { chain, events, newSession, outcomesOf, record } from './sessions.js';

const OWNER = 'OperatorMSP';

describe("agents' keys", () => {
  const consortium = useConsortium();

  function newAgent(): AgentRef {
    return { owner: OWNER, agent_id: `agent-${randomUUID()}` };
  }

  async function register(agent: AgentRef, signer: Signer, more: { required?: boolean; present?: Signer } = {}) {
    const { required = false, present } = more;
    const registration = signRegistration({ ...agent, required }, signer, present);
    return consortium().operator.registerKey({ ...registration, agent_id: agent.agent_id, submitted_by: 'a test' });
  }

  async function revoke(agent: AgentRef, signer: Signer): Promise<AgentKey> {
    const { agent_id } = agent;
    return consortium().operator.revokeKey({ agent_id, key_id: keyIdOf(signer.publicKey), reason: 'lost' });
  }

  /** A new session of the agent with so many events, as the signer signs them. */
  async function recordSigned(agent: AgentRef, signer: Signer, count = 1) {
    const session = newSession(OWNER, agent.agent_id);
    const signed = chain(events(count), session).map((event) => signEvent(event, signer));
    return { session, signed, outcomes: outcomesOf(await record(consortium().operator, [session, signed])) };
  }

  for (const curve of CURVES) {
    it(`are registered, and their signatures checked and kept (${curve})`, async () => {
      const agent = newAgent();
      const signer = newSigner(curve);
      const { key, isNew } = await register(agent, signer);
      assert.equal(isNew, true);
      assert.deepEqual(
        [key.owner, key.agent_id, key.key_id, key.registered.recorded_by.msp_id, key.registered.submitted_by],
        [OWNER, agent.agent_id, keyIdOf(signer.publicKey), OWNER, 'a test'],
      );
      const { session, signed, outcomes } = await recordSigned(agent, signer, 3);
      assert.deepEqual(outcomes, ['recorded']);
      for (const event of signed) {
        const view = await consortium().partner.readEvent(formatLocator(event.core));
        assert.deepEqual(view?.signature, event.signature);
      }
      const path = await consortium().auditor.readSession(session, { from_seq: 1, limit: 10 });
      assert.deepEqual(
        path.map(({ signature }) => signature),
        signed.map(({ signature }) => signature),
      );
    });
  }

  it('are listed with their revocations, to every organization', async () => {
    const agent = newAgent();
    const [first, second] = [newSigner(), newSigner('P-256')];
    await register(agent, first);
    await register(agent, second, { present: first });
    await revoke(agent, first);
    const pages = [];
    for (let cursor: string | undefined, page = 0; page < 3 && (page === 0 || cursor !== undefined); page++) {
      const answer = await consortium().partner.readKeys(agent, { limit: 1, ...(cursor !== undefined && { cursor }) });
      pages.push(answer.keys);
      cursor = answer.next_cursor;
    }
    const listed = pages.flat();
    const ids = [first, second].map(({ publicKey }) => keyIdOf(publicKey));
    assert.deepEqual(
      listed.map(({ key_id }) => key_id),
      ids.toSorted(),
    );
    assert.equal(listed.find(({ key_id }) => key_id === ids[0])?.revoked?.reason, 'lost');
    assert.equal(listed.find(({ key_id }) => key_id === ids[1])?.authorization?.key_id, ids[0]);
    assert.deepEqual(await consortium().partner.readKeys(newAgent(), { limit: 5 }), { required: false, keys: [] });
  });

  it('are registered once, however often it is asked for', async () => {
    const agent = newAgent();
    const signer = newSigner();
    const { key } = await register(agent, signer);
    assert.deepEqual(await register(agent, signer), { key, isNew: false });
    await assert.rejects(register(agent, signer, { required: true }), { code: 'KEY_CONFLICT' });
    const ended = await revoke(agent, signer);
    assert.deepEqual(await revoke(agent, signer), ended);
    await assert.rejects(register(agent, signer), { code: 'KEY_REVOKED' });
  });

  it('are registered by whoever holds them, for the agent and owner that they signed for', async () => {
    const agent = newAgent();
    const signer = newSigner();
    const registration = signRegistration({ ...agent, required: false }, signer);
    const { operator, partner } = consortium();
    const forAnother = { ...registration, agent_id: newAgent().agent_id };
    await assert.rejects(operator.registerKey(forAnother), { code: 'SIGNATURE_INVALID' });
    await assert.rejects(partner.registerKey({ ...registration, ...agent }), { code: 'INVALID_REQUEST' });
    const { agent_id } = agent;
    await assert.rejects(partner.registerKey({ ...registration, agent_id }), { code: 'SIGNATURE_INVALID' });
    const stricter = { ...registration, agent_id, required: true };
    await assert.rejects(operator.registerKey(stricter), { code: 'SIGNATURE_INVALID' });
    const another = { ...registration, agent_id, public_key: newSigner().publicKey };
    await assert.rejects(operator.registerKey(another), { code: 'SIGNATURE_INVALID' });
  });

  it('need the signature of a key that the agent has, as long as it has one', async () => {
    const agent = newAgent();
    const [first, second, third, fourth] = [newSigner(), newSigner(), newSigner(), newSigner()];
    await register(agent, first);
    await assert.rejects(register(agent, second), { code: 'KEY_UNAUTHORIZED' });
    await assert.rejects(register(agent, second, { present: third }), { code: 'KEY_UNAUTHORIZED' });
    const statement = { ...agent, required: false };
    const { authorization } = signRegistration(statement, third, first);
    const borrowed = { ...signRegistration(statement, second, first), agent_id: agent.agent_id };
    const lent = consortium().operator.registerKey({ ...borrowed, authorization });
    await assert.rejects(lent, { code: 'SIGNATURE_INVALID' });
    await register(agent, second, { present: first });
    await revoke(agent, first);
    await assert.rejects(register(agent, third, { present: first }), { code: 'KEY_UNAUTHORIZED' });
    await revoke(agent, second);
    await register(agent, fourth);
  });

  it('are at most so many at a time', async function () {
    this.timeout(60_000);
    const agent = newAgent();
    const first = newSigner();
    await register(agent, first);
    for (let count = 2; count <= LIMITS.keysPerAgent; count++) await register(agent, newSigner(), { present: first });
    await assert.rejects(register(agent, newSigner(), { present: first }), { code: 'TOO_LARGE' });
  });

  it('refuse what they have not signed, what they no longer may sign, and nothing that is recorded', async () => {
    const agent = newAgent();
    const [signer, stranger] = [newSigner('P-256'), newSigner('P-256')];
    await register(agent, signer);
    assert.deepEqual((await recordSigned(agent, stranger)).outcomes, [['refused KEY_UNKNOWN']]);
    const posing = { ...stranger, publicKey: signer.publicKey };
    assert.deepEqual((await recordSigned(agent, posing)).outcomes, [['refused SIGNATURE_INVALID']]);
    const { session, signed } = await recordSigned(agent, signer);
    await revoke(agent, signer);
    assert.deepEqual((await recordSigned(agent, signer)).outcomes, [['refused KEY_REVOKED']]);
    const again = await record(consortium().operator, [session, signed]);
    assert.deepEqual(outcomesOf(again), [['duplicate']]);
  });

  it('hold for one agent of one organization', async () => {
    const [agent, other] = [newAgent(), newAgent()];
    const signer = newSigner();
    await register(agent, signer);
    assert.deepEqual((await recordSigned(other, signer)).outcomes, [['refused KEY_UNKNOWN']]);
    const elsewhere = newSession('PartnerMSP', agent.agent_id);
    const signed = chain(events(1), elsewhere).map((event) => signEvent(event, signer));
    assert.deepEqual(outcomesOf(await record(consortium().partner, [elsewhere, signed])), [['refused KEY_UNKNOWN']]);
  });

  it('can be required, for good: one unsigned event refuses its group and no other', async () => {
    const [agent, free] = [newAgent(), newAgent()];
    const signer = newSigner();
    await register(agent, signer, { required: true });
    const session = newSession(OWNER, agent.agent_id);
    const [first, second] = chain(events(2), session);
    assert.ok(first && second);
    const other = newSession(OWNER, free.agent_id);
    const answer = await record(
      consortium().operator,
      [session, [signEvent(first, signer), second]],
      [other, chain(events(1), other)],
    );
    assert.deepEqual(outcomesOf(answer), [['refused GROUP_NOT_RECORDED', 'refused SIGNATURE_REQUIRED'], 'recorded']);
    const next = newSigner();
    await register(agent, next, { required: false, present: signer });
    await revoke(agent, signer);
    await revoke(agent, next);
    assert.equal((await consortium().operator.readKeys(agent, { limit: 5 })).required, true);
    assert.deepEqual(outcomesOf(await record(consortium().operator, [session, [first]])), [
      ['refused SIGNATURE_REQUIRED'],
    ]);
  });
});

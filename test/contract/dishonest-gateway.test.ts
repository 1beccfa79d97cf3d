import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { beforeEach, describe, it } from 'mocha';
import { hashCore, keyIdOf, signEvent, SigningSession, signRegistration } from '../../core/index.js';
import type { Head, SealedEvent, SessionRef, Signer } from '../../core/index.js';
import { newSigner } from '../support/agent-signer.js';
import { useConsortium } from './consortium.js';
import { chain, newSession, outcomesOf, record } from './sessions.js';

/** A gateway that has its organization's keys and tokens, and everything of the agent's but its private key. */
describe('a gateway that does not do what its agent asks', () => {
  const consortium = useConsortium();
  const timestamp = '2026-01-02T03:04:05Z';
  let signer: Signer;
  let session: SessionRef;
  let events: SealedEvent[];
  let tip: SigningSession['tip'];

  beforeEach(async () => {
    signer = newSigner();
    session = newSession('OperatorMSP', `agent-${randomUUID()}`);
    await register(signer);
    const agent = new SigningSession(session, signer, () => randomBytes(16).toString('hex'));
    events = [
      agent.seal({ event_type: 'session_start', timestamp }),
      agent.seal({ event_type: 'tool_call', timestamp, tool: 'refund', input: { amount: 75.5 } }),
      agent.seal({ event_type: 'tool_call', timestamp, tool: 'notify' }),
      agent.seal({ event_type: 'session_end', timestamp }),
    ];
    ({ tip } = agent);
  });

  async function register(key: Signer, present?: Signer) {
    const { agent_id } = session;
    const registration = signRegistration({ owner: session.owner, agent_id, required: true }, key, present);
    return consortium().operator.registerKey({ ...registration, agent_id });
  }

  async function send(...sent: SealedEvent[]): Promise<string> {
    return outcomesOf(await record(consortium().operator, [session, sent]))
      .flat()
      .join(', ');
  }

  function event(seq: number): SealedEvent {
    return events[seq - 1] ?? assert.fail();
  }

  async function readHead(): Promise<Head> {
    const [head] = await consortium().auditor.readHeads([session]);
    return head ?? assert.fail('the session has no event');
  }

  it('has nothing to hide while it is honest: the ledger ends where the agent does', async () => {
    assert.equal(await send(...events), 'recorded');
    const { seq, hash, open } = await readHead();
    assert.deepEqual({ seq, hash, open }, { ...tip, open: false });
  });

  it('cannot alter a value, nor what is said of it', async () => {
    assert.equal(await send(event(1)), 'recorded');
    const { core, openings, ...rest } = event(2);
    const value = { amount: 7550 };
    const salt = openings.input?.salt ?? assert.fail();
    assert.equal(await send({ ...rest, core, openings: { input: { salt, value } } }), 'refused COMMITMENT_MISMATCH');
    const altered = { ...core, tool: { name: 'payout' } };
    assert.equal(await send({ ...rest, core: altered, openings }), 'refused HASH_MISMATCH');
    assert.equal(
      await send({ ...rest, core: altered, openings, hash: hashCore(altered) }),
      'refused SIGNATURE_INVALID',
    );
  });

  it('cannot speak for the agent, without a signature or with a key of its own', async () => {
    const [forged] = chain([{ action: 'forged' }], session);
    assert.ok(forged);
    assert.equal(await send(forged), 'refused SIGNATURE_REQUIRED');
    const own = newSigner();
    assert.equal(await send(signEvent(forged, own)), 'refused KEY_UNKNOWN');
    await assert.rejects(register(own), { code: 'KEY_UNAUTHORIZED' });
    const { signature } = event(1);
    assert.ok(signature);
    assert.equal(await send({ ...forged, signature }), 'refused SIGNATURE_INVALID');
  });

  it('cannot reorder events, or move them elsewhere', async () => {
    assert.match(await send(event(2)), /^refused CHAIN_BROKEN$/);
    assert.match(await send(event(1), event(3), event(2)), /refused CHAIN_BROKEN/);
    const other = newSession(session.owner, session.agent_id);
    const moved = await record(consortium().operator, [other, [event(1)]]);
    assert.deepEqual(outcomesOf(moved), [['refused CHAIN_BROKEN']]);
    const elsewhere = await record(consortium().partner, [session, [event(1)]]);
    assert.deepEqual(outcomesOf(elsewhere), [['refused NOT_OWNER']]);
  });

  it('is found out at the next event when it has dropped one', async () => {
    assert.equal(await send(event(1), event(2)), 'recorded');
    assert.equal(await send(event(4)), 'refused CHAIN_BROKEN');
    assert.equal(await send(event(3), event(4)), 'recorded');
  });

  it('is found out by the session that has no end when it has dropped the last', async () => {
    assert.equal(await send(event(1), event(2), event(3)), 'recorded');
    const { seq, open } = await readHead();
    assert.deepEqual([seq, open], [tip.seq - 1, true]);
  });

  it('gains nothing by sending an event again', async () => {
    await send(...events);
    assert.equal(await send(event(2)), 'duplicate');
    assert.equal((await readHead()).seq, tip.seq);
  });

  it('can exchange the key only where everybody sees it, and the agent is told at its next event', async () => {
    const own = newSigner();
    const { operator, auditor } = consortium();
    await operator.revokeKey({ agent_id: session.agent_id, key_id: keyIdOf(signer.publicKey) });
    await register(own);
    assert.equal(await send(event(1)), 'refused KEY_REVOKED');
    const { keys } = await auditor.readKeys({ owner: session.owner, agent_id: session.agent_id }, { limit: 10 });
    const shown = keys.map(({ key_id, revoked, authorization }) => [key_id, revoked !== undefined, authorization]);
    assert.deepEqual(
      shown.toSorted(),
      [
        [keyIdOf(signer.publicKey), true, undefined],
        [keyIdOf(own.publicKey), false, undefined],
      ].toSorted(),
    );
  });
});

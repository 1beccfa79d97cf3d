import assert from 'node:assert/strict';
import { request } from 'node:http';
import { describe, it } from 'mocha';
import type { Receipt } from '../../gateway/intake/receipt.js';
import type { SubmissionAnswer } from '../../gateway/routes/batch-answer.js';
import { Api } from '../support/api.js';
import { useGateways, writeTokens } from '../support/consortium.js';
import { chainOf, newEvent, newSession } from '../support/events.js';

const FLOOD = { agent_id: 'flooding' };
const CALM = { agent_id: 'calm' };

describe('more work than can be done', function () {
  this.timeout(120_000);
  const gateways = useGateways();

  it('is refused to the agent that brings it, while others are served in a few transactions', async () => {
    const { consortium } = gateways();
    // Small transactions, one at a time, in a small queue: what floods it waits for some twenty of them.
    const limits = { queuedEvents: 600, eventsPerTransaction: 10, transactionsInFlight: 1 };
    const api = await consortium.startGateway('operator', 'flooded', { limits });
    const flood = { over: false, accepted: 0, turnedAway: 0 };
    const flooding = Array.from({ length: 8 }, async (_, flooder) => {
      while (!flood.over) {
        const events = Array.from({ length: 10 }, (_, n) =>
          newEvent({ ...FLOOD, session_id: `f-${flooder}-${n % 3}` }),
        );
        const { status, headers } = await api.post('/v1/events', { events }, { prefer: 'respond-async' });
        if (status === 202) flood.accepted += events.length;
        else {
          assert.equal(status, 429);
          assert.match(headers.get('retry-after') ?? '', /^[1-9]\d*$/);
          flood.turnedAway++;
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
      }
    });
    const waited: number[] = [];
    while (flood.turnedAway === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    for (let turn = 0; turn < 11; turn++) {
      const height = await api.height();
      waited.push((await api.record(newEvent(CALM))).block_number - height);
    }
    flood.over = true;
    await Promise.all(flooding);
    waited.sort((a, b) => a - b);
    const queue = `${flood.accepted} accepted, ${flood.turnedAway} turned away, waited ${waited.join(' ')} blocks`;
    // The block after the asking, the one in flight, and its own.
    assert.ok((waited[5] ?? Infinity) <= 3, queue);
  });

  it('leaves room for another token, and for another agent of the same', async () => {
    const { consortium } = gateways();
    const tokensFile = `${consortium.config('operator', 'shared').tokensFile}.two`;
    const tokens = writeTokens(
      tokensFile,
      ['a', 'b'].map((subject) => ({ subject, agents: '*', scopes: ['write', 'read'] as const })),
    );
    // Nothing leaves the queue: the peer is asked for one event at a time, and is given much.
    const limits = { queuedEvents: 900, eventsPerTransaction: 1, transactionsInFlight: 1 };
    const { url } = await consortium.startGateway('operator', 'shared', {
      tokensFile,
      limits,
      timeouts: { drainMs: 1 },
    });
    const [first, second] = tokens.map((token) => new Api(url, token));
    assert.ok(first && second);
    const fill = async (api: Api, agent_id: string) => {
      let accepted = 0;
      for (;;) {
        const events = Array.from({ length: 20 }, () => newEvent({ agent_id, session_id: `${agent_id}-1` }));
        const { status, text } = await api.post('/v1/events', { events }, { prefer: 'respond-async' });
        if (status === 429) return accepted;
        assert.equal(status, 202, text);
        accepted += events.length;
      }
    };
    assert.ok((await fill(first, 'flooding')) >= 200);
    assert.ok((await fill(first, 'another')) >= 40);
    assert.ok((await fill(second, 'flooding-too')) >= 100);
    await consortium.stopGateway('shared');
  });

  it('is refused before its bodies fill the memory, token by token', async () => {
    const { consortium } = gateways();
    const limits = { bodyBytes: 100_000, bodyBytesInFlight: 300_000 };
    const api = await consortium.startGateway('operator', 'bodies', { limits });
    const held = [1, 2].map(() => holdBody(api, 90_000));
    await new Promise((resolve) => setTimeout(resolve, 200));
    const event = newEvent({ output: 'x'.repeat(80_000) });
    const refused = await api.post('/v1/events', event);
    assert.deepEqual([refused.status, refused.problem.code], [429, 'OVERLOADED']);
    assert.ok(refused.headers.has('retry-after'));
    for (const body of held) body.destroy();
    await new Promise((resolve) => setTimeout(resolve, 200));
    await api.record(event);
  });

  it('is put off, not lost, when the client comes back as it is told', async () => {
    const { consortium, operator } = gateways();
    const limits = { queuedEvents: 30, eventsPerTransaction: 5, transactionsInFlight: 1 };
    const api = await consortium.startGateway('operator', 'patient', { limits });
    const session_id = newSession();
    const posts = Array.from({ length: 60 }, async (_, n) => {
      for (;;) {
        const answer = await api.post('/v1/events', newEvent({ session_id, labels: { n: String(n) } }));
        if (answer.status === 201) return answer.json() as Receipt;
        assert.equal(answer.status, 429);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    });
    const receipts = await Promise.all(posts);
    assert.equal(new Set(receipts.map(({ locator }) => locator)).size, 60);
    const path = (await operator.read(`/v1/sessions/${chainOf(session_id)}`)) as {
      summary: { events: number };
    };
    assert.equal(path.summary.events, 60);
  });

  it('is another matter than a gateway that closes', async () => {
    const { consortium } = gateways();
    const api = await consortium.startGateway('operator', 'closing', { limits: { eventsPerTransaction: 1 } });
    const events = Array.from({ length: 30 }, () => newEvent({ session_id: 'closing' }));
    const accepted = await api.post('/v1/events', { events }, { prefer: 'respond-async' });
    assert.equal(accepted.status, 202);
    await consortium.stopGateway('closing');
    const again = await consortium.startGateway('operator', 'closing');
    const { done, summary } = (await again.read(accepted.headers.get('location') ?? '')) as SubmissionAnswer;
    // It was given the time to finish.
    assert.deepEqual([done, summary.recorded], [true, 30]);
  });
});

/** A request whose body does not come. */
function holdBody({ url, token }: Api, length: number) {
  const headers = {
    authorization: `Bearer ${token ?? ''}`,
    'content-type': 'application/json',
    'content-length': length,
  };
  const sent = request(`${url}/v1/events`, { method: 'POST', headers });
  sent.on('error', () => undefined);
  sent.write('{');
  return sent;
}

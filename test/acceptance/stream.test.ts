import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { useGateways } from '../support/consortium.js';
import { newEvent, newSession } from '../support/events.js';
import { Stream } from '../support/stream.js';

describe('the stream', () => {
  const gateways = useGateways();

  it('sends what every organization records, as it commits, to every organization', async () => {
    const { operator, partner, auditor } = gateways();
    const session_id = newSession();
    const stream = await Stream.open(auditor, `session_id=${session_id}`);
    const first = await operator.record(newEvent({ session_id }));
    const second = await partner.record(newEvent({ session_id }));
    assert.deepEqual(
      (await stream.take(2)).map(({ event }) => event.locator),
      [first.locator, second.locator],
    );
    stream.close();
  });

  it('sends what its filters ask for', async () => {
    const { operator } = gateways();
    const session_id = newSession();
    const stream = await Stream.open(operator, `agent_id=watched&event_type=policy_violation`);
    await operator.record(newEvent({ session_id, agent_id: 'other', event_type: 'policy_violation' }));
    await operator.record(newEvent({ session_id, agent_id: 'watched' }));
    const wanted = await operator.record(newEvent({ session_id, agent_id: 'watched', event_type: 'policy_violation' }));
    assert.deepEqual(
      (await stream.take(1)).map(({ event }) => event.locator),
      [wanted.locator],
    );
    stream.close();
  });

  it('goes on behind the last event that was seen, within a transaction as well', async () => {
    const { operator } = gateways();
    const session_id = newSession();
    const before = await Stream.open(operator, `session_id=${session_id}`);
    const events = Array.from({ length: 5 }, (_, input) => newEvent({ session_id, input }));
    await operator.post('/v1/events?atomic=true', { events });
    const [, second] = await before.take(2);
    before.close();
    const last = await operator.record(newEvent({ session_id }));
    const after = await Stream.open(operator, `session_id=${session_id}`, second?.id);
    const rest = await after.take(4);
    after.close();
    assert.deepEqual(
      rest.map(({ event }) => event.seq),
      [3, 4, 5, 6],
    );
    assert.equal(rest.at(-1)?.event.locator, last.locator);
  });

  it('shows that it is alive, and ends when the gateway does', async () => {
    const { consortium } = gateways();
    const api = await consortium.startGateway('operator', 'streaming', { timeouts: { heartbeatMs: 20 } });
    const stream = await Stream.open(api, '');
    await stream.untilText(/: alive\n/);
    await consortium.stopGateway('streaming');
    await assert.rejects(stream.take(1), /ended/);
  });

  it('limits the number of readers', async () => {
    const { consortium } = gateways();
    const api = await consortium.startGateway('operator', 'narrow', { limits: { streams: 2 } });
    const streams = [await Stream.open(api, ''), await Stream.open(api, '')];
    assert.equal((await api.get('/v1/stream')).problem.code, 'OVERLOADED');
    for (const stream of streams) stream.close();
  });
});

import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { Api } from '../support/api.js';
import { useGateways } from '../support/consortium.js';
import { chainOf, newEvent, newSession } from '../support/events.js';

interface Path {
  chains: { events: number; intact: boolean }[];
  events: { locator: string; event: { input: number } }[];
  next_cursor?: string;
}

describe('many posts at once', () => {
  const gateways = useGateways();

  it('keeps one session in one chain, each event once', async () => {
    const { operator } = gateways();
    const session_id = newSession();
    const receipts = await Promise.all(
      Array.from({ length: 300 }, (_, input) => operator.record(newEvent({ session_id, input }))),
    );
    assert.deepEqual(
      receipts.map(({ seq }) => seq).sort((a, b) => a - b),
      Array.from({ length: 300 }, (_, i) => i + 1),
    );
    await assertSession(operator, session_id, 300);
  }).timeout(60_000);

  it('groups many sessions into few transactions', async () => {
    const { operator } = gateways();
    const sessions = Array.from({ length: 100 }, newSession);
    const height = await operator.height();
    const receipts = await Promise.all(
      sessions.flatMap((session_id) => [1, 2, 3].map((input) => operator.record(newEvent({ session_id, input })))),
    );
    assert.equal(new Set(receipts.map(({ locator }) => locator)).size, 300);
    const transactions = new Set(receipts.map(({ tx_id }) => tx_id)).size;
    assert.ok(transactions < 150, `${transactions} transactions`);
    assert.ok((await operator.height()) - height <= transactions);
    for (const session_id of sessions.slice(0, 5)) await assertSession(operator, session_id, 3);
  }).timeout(60_000);

  it('answers every event of a batch while others post to the same session', async () => {
    const { operator } = gateways();
    const session_id = newSession();
    const batch = () =>
      operator.post('/v1/events', { events: Array.from({ length: 50 }, () => newEvent({ session_id })) });
    const answers = await Promise.all([batch(), batch(), operator.record(newEvent({ session_id })), batch()]);
    for (const answer of answers) if ('json' in answer) assert.match(answer.text, /"recorded":50/);
    await assertSession(operator, session_id, 151);
  }).timeout(60_000);

  it('keeps one chain when two gateways of the organization write one session', async () => {
    const { operator, consortium } = gateways();
    const second = await consortium.startGateway('operator', 'operator-2');
    const session_id = newSession();
    const rounds = Array.from({ length: 20 }, (_, input) =>
      Promise.all([operator.record(newEvent({ session_id, input })), second.record(newEvent({ session_id, input }))]),
    );
    await Promise.all(rounds);
    await assertSession(operator, session_id, 40);
  }).timeout(60_000);

  it('records atomic batches that share sessions, in any order of them', async () => {
    const { operator } = gateways();
    const [a, b] = [newSession(), newSession()];
    const send = (sessions: string[]) =>
      operator.post('/v1/events?atomic=true', { events: sessions.map((session_id) => newEvent({ session_id })) });
    const answers = await Promise.all(Array.from({ length: 20 }, (_, index) => send(index % 2 ? [a, b] : [b, a])));
    for (const answer of answers) assert.equal(answer.status, 200, answer.text);
    await assertSession(operator, a, 20);
    await assertSession(operator, b, 20);
  }).timeout(60_000);
});

async function assertSession(api: Api, sessionId: string, count: number): Promise<void> {
  const path = (await api.read(`/v1/sessions/${chainOf(sessionId)}?limit=1000`)) as Path;
  assert.deepEqual(
    path.chains.map(({ events, intact }) => ({ events, intact })),
    [{ events: count, intact: true }],
  );
  assert.equal(new Set(path.events.map(({ locator }) => locator)).size, count);
}

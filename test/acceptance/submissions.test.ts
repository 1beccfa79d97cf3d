import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { SubmissionAnswer } from '../../gateway/routes/batch-answer.js';
import { SCOPES } from '../../gateway/http/tokens.js';
import { Api } from '../support/api.js';
import type { Answer } from '../support/api.js';
import { useGateways, writeTokens } from '../support/consortium.js';
import { chainOf, newEvent, newSession } from '../support/events.js';

const ASYNC = { prefer: 'respond-async' };

describe('posts that are answered before they are recorded', function () {
  this.timeout(60_000);
  const gateways = useGateways();

  it('names a submission whose result is the receipt of the recorded event', async () => {
    const { operator } = gateways();
    const event = newEvent();
    const accepted = await operator.post('/v1/events', event, { prefer: 'return=minimal, Respond-Async; wait=10' });
    assert.equal(accepted.status, 202, accepted.text);
    assert.equal(accepted.headers.get('preference-applied'), 'respond-async');
    const { results, summary } = await settled(operator, accepted);
    assert.deepEqual([summary.total, summary.recorded], [1, 1]);
    const { receipt } = results[0] ?? assert.fail();
    const stored = (await operator.read(`/v1/events/${receipt?.locator}`)) as { tx_id: string; hash: string };
    assert.deepEqual([stored.tx_id, stored.hash], [receipt?.tx_id, receipt?.hash]);
    assert.ok((receipt?.block_number ?? 0) > 0);
  });

  it('answers what is not asked for asynchronously as ever', async () => {
    const answer = await gateways().operator.post('/v1/events', newEvent(), { prefer: 'x="a, respond-async", wait=1' });
    assert.equal(answer.status, 201);
    assert.equal(answer.headers.get('preference-applied'), null);
  });

  it('records events of a session in the order of their posts, whichever way they came', async () => {
    const { operator } = gateways();
    const session_id = newSession();
    for (let input = 0; input < 30; input++) {
      const headers = input % 3 === 0 ? {} : ASYNC;
      const path = input % 5 === 0 ? '/v1/events?atomic=true' : '/v1/events';
      const event = newEvent({ session_id, labels: { n: String(input) } });
      const answer = await operator.post(path, input % 2 ? event : { events: [event] }, headers);
      assert.ok(answer.status <= 202, answer.text);
    }
    await operator.record(newEvent({ session_id, labels: { n: '30' } }));
    assert.deepEqual(
      await orderIn(operator, session_id),
      Array.from({ length: 31 }, (_, index) => String(index)),
    );
  });

  it('answers faults at once, and takes the good events of a batch', async () => {
    const { operator } = gateways();
    const bad = { ...newEvent(), confidence: 7 };
    const single = await operator.post('/v1/events', bad, ASYNC);
    assert.deepEqual([single.status, single.problem.code], [422, 'INVALID_EVENT']);
    const none = await operator.post('/v1/events', { events: [bad] }, ASYNC);
    assert.equal(none.status, 200);
    const atomic = await operator.post('/v1/events?atomic=true', { events: [newEvent(), bad] }, ASYNC);
    assert.equal(atomic.status, 422);
    const some = await operator.post('/v1/events', { events: [newEvent(), bad, newEvent()] }, ASYNC);
    assert.equal(some.status, 202);
    const statuses = (some.json() as SubmissionAnswer).results.map(({ status }) => status);
    assert.deepEqual(statuses, ['accepted', 'invalid', 'accepted']);
    const { results } = await settled(operator, some);
    assert.deepEqual(
      results.map(({ status, problem }) => [status, problem?.errors?.[0]?.pointer]),
      [
        ['recorded', undefined],
        ['invalid', '/events/1/confidence'],
        ['recorded', undefined],
      ],
    );
  });

  it('tells what the ledger refuses later', async () => {
    const { operator } = gateways();
    const event_id = `own-${newSession()}`;
    await operator.record(newEvent({ event_id }));
    const { results } = await settled(operator, await operator.post('/v1/events', newEvent({ event_id }), ASYNC));
    assert.deepEqual([results[0]?.status, results[0]?.problem?.code], ['conflict', 'ID_CONFLICT']);
  });

  it('gives a repeated key the same submission, and its receipt to a repeat that waits', async () => {
    const { operator } = gateways();
    const event = newEvent();
    const key = { 'idempotency-key': newSession() };
    const answers = await Promise.all([1, 2, 3].map(() => operator.post('/v1/events', event, { ...ASYNC, ...key })));
    const later = await operator.post('/v1/events', event, { ...ASYNC, ...key });
    const places = [...answers, later].map((answer) => answer.headers.get('location'));
    assert.equal(new Set(places).size, 1);
    const waited = await operator.post('/v1/events', event, key);
    assert.equal(waited.status, 200, waited.text);
    const { results } = await settled(operator, later);
    assert.equal(results[0]?.receipt?.locator, (waited.json() as { locator: string }).locator);
    const other = await operator.post('/v1/events', newEvent(), { ...ASYNC, ...key });
    assert.equal(other.problem.code, 'IDEMPOTENCY_CONFLICT');
  });

  it('shows a submission to the token that posted it, and to nobody else', async () => {
    const { consortium } = gateways();
    const tokensFile = `${consortium.config('operator', 'tokens').tokensFile}.several`;
    const [mine, theirs, mineToRead] = writeTokens(tokensFile, [
      { subject: 'a', agents: '*', scopes: ['write'] },
      { subject: 'b', agents: '*', scopes: SCOPES },
      { subject: 'a', agents: '*', scopes: ['read'] },
    ]);
    const { url } = await consortium.startGateway('operator', 'tokens', { tokensFile });
    const [poster, stranger, reader] = [mine, theirs, mineToRead].map((token) => new Api(url, token));
    const accepted = await poster?.post('/v1/events', newEvent(), ASYNC);
    const location = accepted?.headers.get('location') ?? assert.fail();
    assert.equal((await poster?.get(location))?.status, 200);
    assert.equal((await stranger?.get(location))?.problem.code, 'NOT_FOUND');
    assert.equal((await reader?.get(location))?.problem.code, 'FORBIDDEN');
    assert.equal((await poster?.get('/v1/submissions/none'))?.problem.code, 'NOT_FOUND');
  });

  it('keeps what it accepted over a restart, and what became of it', async () => {
    const { consortium, operator } = gateways();
    const session_id = newSession();
    // It has to close before it can send everything.
    const limits = { eventsPerTransaction: 1, transactionsInFlight: 1 };
    const options = { limits, timeouts: { drainMs: 1 } };
    const first = await consortium.startGateway('operator', 'async-restart', options);
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, n) =>
        first.post('/v1/events', newEvent({ session_id, labels: { n: String(n) } }), ASYNC),
      ),
    );
    await consortium.stopGateway('async-restart');
    const again = await consortium.startGateway('operator', 'async-restart', options);
    const locators = new Set<string | undefined>();
    for (const answer of answers) {
      const { results } = await settled(again, answer);
      locators.add(results[0]?.receipt?.locator);
    }
    assert.equal(locators.size, 40);
    assert.equal((await orderIn(operator, session_id)).length, 40);
  });
});

async function settled(api: Api, answer: Answer): Promise<SubmissionAnswer> {
  assert.equal(answer.status, 202, answer.text);
  for (;;) {
    const submission = (await api.read(answer.headers.get('location') ?? '')) as SubmissionAnswer;
    if (submission.done) return submission;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function orderIn(api: Api, sessionId: string): Promise<(string | undefined)[]> {
  const path = (await api.read(`/v1/sessions/${chainOf(sessionId)}?limit=1000`)) as {
    chains: { intact: boolean }[];
    events: { event: { labels?: { n: string } } }[];
  };
  assert.deepEqual(
    path.chains.map(({ intact }) => intact),
    [true],
  );
  return path.events.map(({ event }) => event.labels?.n);
}

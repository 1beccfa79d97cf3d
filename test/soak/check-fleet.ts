import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import type { SubmissionAnswer } from '../../gateway/routes/batch-answer.js';
import type { Api } from '../support/api.js';
import type { SessionLog, SimulatedAgent, SubmissionLog } from './simulated-agent.js';

const PAGE = 1000;
/** Submissions of an agent that are looked up; its sessions are looked at as a whole. */
const SUBMISSIONS_EACH = 20;

/** What was found on the ledger. */
export interface Found {
  /** Events that were acknowledged: every one of them is there, once, in its place. */
  acknowledged: number;
  /** Events whose posters had no answer: on the ledger all the same, once, or not at all. */
  unsureThere: number;
  unsureMissing: number;
}

interface Path {
  chains: { intact: boolean }[];
  events: { locator: string; event: { labels?: { n?: string } } }[];
  next_cursor?: string;
}

/** Compares what the agents know with what the ledger holds. @throws {AssertionError} what is lost, doubled or out of order. */
export async function checkFleet(api: Api, agents: readonly SimulatedAgent[]): Promise<Found> {
  const found: Found = { acknowledged: 0, unsureThere: 0, unsureMissing: 0 };
  for (const agent of agents) {
    for (const submission of agent.submissions.slice(-SUBMISSIONS_EACH)) await checkSubmission(api, submission);
    for (const session of agent.sessions) await checkSession(api, session, found);
  }
  return found;
}

/** The receipts of a submission become what its poster knows of its events. */
async function checkSubmission(api: Api, { location, session, first, count }: SubmissionLog): Promise<void> {
  for (;;) {
    const { done, results } = (await api.read(location)) as SubmissionAnswer;
    assert.equal(results.length, count);
    if (!done) {
      await wait(50);
      continue;
    }
    for (const [index, { receipt, status }] of results.entries()) {
      assert.equal(status, 'recorded', `${location}/${index}`);
      session.known[first + index] = receipt?.seq ?? assert.fail('a recorded event without a receipt');
    }
    return;
  }
}

async function checkSession(api: Api, session: SessionLog, found: Found): Promise<void> {
  const order = session.known.length === 0 ? [] : await readOrder(api, session);
  for (const [index, n] of order.entries()) {
    assert.ok(
      index === 0 || (order[index - 1] ?? 0) < n,
      `${session.sessionId}: ${n} stands behind ${order[index - 1]}`,
    );
  }
  const places = new Map(order.map((n, index) => [n, index + 1]));
  for (const [n, known] of session.known.entries()) {
    const place = places.get(n);
    if (known === 'unsure') found[place === undefined ? 'unsureMissing' : 'unsureThere']++;
    else {
      assert.ok(place !== undefined, `${session.sessionId}: ${n} was acknowledged and is lost`);
      if (known !== 'acknowledged')
        assert.equal(place, known, `${session.sessionId}: ${n} is not where its receipt says`);
      found.acknowledged++;
    }
  }
}

/** The numbers of the session's events as the chain has them; a session that lost all of its posts is not there. */
async function readOrder(api: Api, { agentId, sessionId, known }: SessionLog): Promise<number[]> {
  const order: number[] = [];
  let cursor = '';
  for (;;) {
    const answer = await api.get(`/v1/sessions/OperatorMSP~${agentId}~${sessionId}?limit=${PAGE}${cursor}`);
    if (answer.status === 404 && known.every((one) => one === 'unsure')) return [];
    assert.equal(answer.status, 200, answer.text);
    const path = answer.json() as Path;
    assert.deepEqual(
      path.chains.map(({ intact }) => intact),
      [true],
    );
    order.push(...path.events.map(({ event }) => Number(event.labels?.n)));
    if (path.next_cursor === undefined) return order;
    cursor = `&cursor=${encodeURIComponent(path.next_cursor)}`;
  }
}

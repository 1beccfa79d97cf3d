import assert from 'node:assert/strict';
import { before, describe, it } from 'mocha';
import type { PostedEventInput } from '../../core/index.js';
import type { DecisionPath } from '../../gateway/sessions/decision-path.js';
import type { StoredEvent } from '../../gateway/routes/stored-event.js';
import { useGateways } from '../support/consortium.js';
import { newEvent } from '../support/events.js';
import { itWithQueries } from '../support/network-under-test.js';

type Path = Omit<DecisionPath, 'steps'> & {
  events: (StoredEvent & { depth: number; parent?: string; children: string[]; pair?: string })[];
  next_cursor?: string;
};

/** A refund decided by an agent with the help of a second one and of another organization's. */
const STORY: { by: 'operator' | 'partner'; second: number; event: Partial<PostedEventInput> }[] = [
  { by: 'operator', second: 0, event: { event_id: 'start', event_type: 'session_start', agent_id: 'lead' } },
  {
    by: 'operator',
    second: 1,
    event: {
      event_id: 'think',
      event_type: 'model_call',
      agent_id: 'lead',
      parent_event_id: 'start',
      model: { name: 'm-1' },
      usage: { input_tokens: 100, output_tokens: 20, cost: { amount: 0.1, currency: 'EUR' } },
    },
  },
  {
    by: 'operator',
    second: 2,
    event: {
      event_id: 'ask',
      phase: 'intent',
      agent_id: 'lead',
      tool: { name: 'search', call_id: 'c1' },
      parent_event_id: 'think',
    },
  },
  {
    by: 'operator',
    second: 3,
    event: {
      event_id: 'told',
      phase: 'outcome',
      agent_id: 'lead',
      tool: { name: 'search', call_id: 'c1' },
      status: 'error',
    },
  },
  {
    by: 'operator',
    second: 4,
    event: { event_id: 'ask-2', phase: 'intent', agent_id: 'lead', tool: { name: 'search', call_id: 'c1' } },
  },
  {
    by: 'operator',
    second: 5,
    event: {
      event_id: 'told-2',
      phase: 'outcome',
      agent_id: 'lead',
      tool: { name: 'search', call_id: 'c1' },
      intent_event_id: 'ask-2',
    },
  },
  {
    by: 'operator',
    second: 6,
    event: { event_id: 'pass', event_type: 'handoff', agent_id: 'lead', target: { agent_id: 'helper' } },
  },
  {
    by: 'operator',
    second: 7,
    event: {
      event_id: 'help',
      agent_id: 'helper',
      parent_event_id: 'pass',
      tool: 'refund',
      usage: { input_tokens: 5, output_tokens: 5, cost: { amount: 0.2, currency: 'EUR' } },
    },
  },
  {
    by: 'partner',
    second: 8,
    event: { event_id: 'check', event_type: 'human_review', agent_id: 'reviewer', parent_event_id: 'OperatorMSP~help' },
  },
  {
    by: 'operator',
    second: 600,
    event: { event_id: 'dangling', phase: 'intent', agent_id: 'lead', tool: { name: 'mail', call_id: 'c2' } },
  },
  {
    by: 'operator',
    second: 601,
    event: { event_id: 'decide', event_type: 'final_decision', agent_id: 'lead', decision: 'refund', confidence: 0.8 },
  },
];

describe('the decision path of a session', () => {
  const gateways = useGateways();
  const session_id = 'refund 17/ü';

  before(async () => {
    const start = Date.parse('2026-11-03T10:00:00Z');
    for (const { by, second, event } of STORY) {
      const timestamp = new Date(start + second * 1000).toISOString();
      await gateways()[by].record({ ...newEvent({ session_id, timestamp }), tool: undefined, ...event });
    }
    await gateways().level();
  });

  async function readPath(query = ''): Promise<Path> {
    return (await gateways().auditor.read(`/v1/sessions/${encodeURIComponent(session_id)}${query}`)) as Path;
  }

  itWithQueries('gathers the chains of all agents and organizations in one order', async () => {
    const { events, chains, duration_ms } = await readPath();
    assert.deepEqual(
      events.map(({ event_id }) => event_id),
      STORY.map(({ event }) => event.event_id),
    );
    assert.deepEqual(
      chains.map(({ owner, agent_id, events: count, intact }) => [owner, agent_id, count, intact]).sort(),
      [
        ['OperatorMSP', 'helper', 1, true],
        ['OperatorMSP', 'lead', 9, true],
        ['PartnerMSP', 'reviewer', 1, true],
      ],
    );
    assert.equal(duration_ms, 601_000);
  });

  itWithQueries('pairs intents with their outcomes and names those that have none', async () => {
    const { events, open_intents } = await readPath();
    const idOf = new Map(events.map(({ locator, event_id }) => [locator, event_id]));
    const pairs = events.flatMap(({ event_id, pair }) => (pair === undefined ? [] : [[event_id, idOf.get(pair)]]));
    assert.deepEqual(pairs, [
      ['ask', 'told'],
      ['told', 'ask'],
      ['ask-2', 'told-2'],
      ['told-2', 'ask-2'],
    ]);
    assert.deepEqual(
      open_intents.map((locator) => idOf.get(locator)),
      ['dangling'],
    );
  });

  itWithQueries('shows who called whom, across agents and organizations', async () => {
    const { events, summary } = await readPath();
    const depth = Object.fromEntries(events.map((event) => [event.event_id, event.depth]));
    assert.deepEqual([depth['start'], depth['think'], depth['ask'], depth['help'], depth['check']], [0, 1, 2, 1, 2]);
    const pass = events.find(({ event_id }) => event_id === 'pass');
    assert.deepEqual(pass?.children, ['OperatorMSP~helper~refund=2017=2F=C3=BC~1']);
    assert.deepEqual(summary.sub_agents, [{ agent_id: 'helper', named_by: pass.locator }]);
  });

  itWithQueries('sums up tools, tokens, cost and the decision', async () => {
    const { summary } = await readPath();
    assert.deepEqual(summary.tools, [
      { name: 'search', calls: 2, failures: 1 },
      { name: 'mail', calls: 1, failures: 0 },
      { name: 'refund', calls: 1, failures: 0 },
    ]);
    assert.deepEqual(summary.usage, { input_tokens: 105, output_tokens: 25 });
    assert.deepEqual(summary.cost, { EUR: 0.3 });
    assert.deepEqual(summary.final_decision, {
      event_id: 'decide',
      agent_id: 'lead',
      decision: 'refund',
      confidence: 0.8,
    });
  });

  itWithQueries('says how many of its times were derived', async () => {
    const { operator } = gateways();
    const source = { format: 'test', derived: ['/timestamp'] };
    await operator.record(newEvent({ session_id: 'imported', source }));
    await operator.record(newEvent({ session_id: 'imported' }));
    const { summary } = (await operator.read('/v1/sessions/imported')) as { summary: { derived_times: number } };
    assert.equal(summary.derived_times, 1);
  });

  itWithQueries('shows a long silence', async () => {
    const { gaps } = await readPath();
    assert.deepEqual(
      gaps.map(({ ms }) => ms),
      [594_000],
    );
  });

  itWithQueries('pages a session as it was at the first page', async () => {
    const first = await readPath('?limit=4');
    await gateways().operator.record(newEvent({ session_id, agent_id: 'lead', timestamp: '2026-11-03T09:00:00Z' }));
    const second = await readPath(`?limit=20&cursor=${first.next_cursor ?? ''}`);
    const ids = [...first.events, ...second.events].map(({ event_id }) => event_id);
    assert.deepEqual(
      ids,
      STORY.map(({ event }) => event.event_id),
    );
    assert.equal(second.next_cursor, undefined);
  });

  it('reads one chain by owner~agent~session', async () => {
    const path = (await gateways().operator.read('/v1/sessions/OperatorMSP~helper~refund=2017=2F=C3=BC')) as Path;
    assert.deepEqual(
      path.events.map(({ event_id }) => event_id),
      ['help'],
    );
  });

  itWithQueries('is open until its chains end, and listed as such', async () => {
    const { operator } = gateways();
    await operator.record(newEvent({ session_id: 'short', event_type: 'session_start' }));
    assert.equal(((await operator.read('/v1/sessions/short')) as Path).open, true);
    await operator.record(newEvent({ session_id: 'short', event_type: 'session_end' }));
    assert.equal(((await operator.read('/v1/sessions/short')) as Path).open, false);
    const { sessions } = (await operator.read('/v1/sessions?open=false')) as {
      sessions: { id: string; seq: number }[];
    };
    assert.deepEqual(
      sessions.map(({ id, seq }) => [id, seq]),
      [['OperatorMSP~support-bot~short', 2]],
    );
  });
});

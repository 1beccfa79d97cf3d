import assert from 'node:assert/strict';
import { before, describe, it } from 'mocha';
import type { StoredEvent } from '../../gateway/routes/stored-event.js';
import type { Api } from '../support/api.js';
import { useGateways } from '../support/consortium.js';
import { newEvent } from '../support/events.js';
import { itWithQueries, NETWORK } from '../support/network-under-test.js';

interface Page {
  events: StoredEvent[];
  next_cursor?: string;
  index: string;
  scanned: boolean;
}

interface History {
  locator: string;
  recording?: StoredEvent;
  entries: { kind: string; recorded_by: { msp_id: string }; reason?: string }[];
  record_versions?: number;
  next_cursor?: string;
}

const DAY = '2026-11-02T';

describe('reading', () => {
  const gateways = useGateways();

  before(async () => {
    const { operator, partner, level } = gateways();
    const events = Array.from({ length: 12 }, (_, hour) =>
      newEvent({
        agent_id: hour % 2 === 0 ? 'even' : 'odd',
        session_id: `day-${hour % 3}`,
        timestamp: `${DAY}${String(hour).padStart(2, '0')}:00:00Z`,
        event_type: hour === 5 ? 'policy_violation' : 'tool_call',
        tool: hour < 6 ? 'search' : 'refund',
        status: hour === 7 ? 'denied' : 'ok',
        confidence: hour / 10 > 1 ? 1 : hour / 10,
        labels: { team: hour < 3 ? 'red' : 'blue' },
      }),
    );
    const answer = await operator.post('/v1/events', { events });
    assert.match(answer.text, /"recorded":12/);
    await partner.record(newEvent({ agent_id: 'even', session_id: 'theirs', timestamp: `${DAY}20:00:00Z` }));
    await level();
  });

  const FILTERS: [string, string, number[]][] = [
    ['an agent', 'agent_id=odd', [11, 9, 7, 5, 3, 1]],
    ['an agent of one organization', 'agent_id=even&owner=OperatorMSP', [10, 8, 6, 4, 2, 0]],
    ['a session', 'session_id=day-1', [10, 7, 4, 1]],
    ['a type', 'event_type=policy_violation', [5]],
    ['a tool', 'tool=refund&order=asc', [6, 7, 8, 9, 10, 11]],
    ['a status', 'status=denied', [7]],
    ['a label', 'label.team=red', [2, 1, 0]],
    ['times, half-open', `from=${DAY}02:00:00Z&to=${DAY}04:00:00Z`, [3, 2]],
    ['times of another zone', `from=${DAY}05:00:00%2B03:00&to=${DAY}04:00:00Z`, [3, 2]],
    ['low confidence', 'confidence_lt=0.2&agent_id=odd', [1]],
    ['a range of confidence', 'confidence_gte=0.5&confidence_lt=0.7', [6, 5]],
    ['several at once', 'agent_id=odd&tool=refund&status=ok&order=asc', [9, 11]],
    ['what was recorded in the future', 'recorded_from=2999-01-01T00:00:00Z', []],
  ];

  for (const [what, query, hours] of FILTERS) {
    itWithQueries(`lists by ${what}`, async () => {
      const { events, index } = (await gateways().operator.read(`/v1/events?${query}`)) as Page;
      assert.deepEqual(events.map(hourOf), hours);
      assert.notEqual(index, '');
    });
  }

  itWithQueries('answers an agent and a day from an index and says so', async () => {
    const query = `agent_id=even&from=${DAY}00:00:00Z&to=${DAY}23:00:00Z`;
    const { scanned, index } = (await gateways().operator.read(`/v1/events?${query}`)) as Page;
    assert.equal(scanned, false);
    assert.match(index, /agent/);
    assert.equal(((await gateways().operator.read('/v1/events?confidence_lt=0.5')) as Page).scanned, true);
  });

  itWithQueries('pages without a gap or a repeat while others write', async () => {
    const { operator } = gateways();
    const hours: number[] = [];
    let path = '/v1/events?owner=OperatorMSP&order=asc&limit=5&agent_id=';
    for (const agent of ['even', 'odd']) {
      let cursor = '';
      do {
        const page = (await operator.read(`${path}${agent}${cursor}`)) as Page;
        hours.push(...page.events.map(hourOf));
        cursor = page.next_cursor === undefined ? '' : `&cursor=${encodeURIComponent(page.next_cursor)}`;
        await operator.record(newEvent({ agent_id: 'somebody-else' }));
      } while (cursor !== '');
      path = path.replace('limit=5', 'limit=2');
    }
    assert.deepEqual(hours, [0, 2, 4, 6, 8, 10, 1, 3, 5, 7, 9, 11]);
  });

  itWithQueries('answers a Mango selector in the names of the API', async () => {
    const selector = { $or: [{ 'tool.name': 'search', confidence: { $gte: 0.4 } }, { status: { $in: ['denied'] } }] };
    const answer = await gateways().operator.post('/v1/events/query', {
      selector,
      sort: [{ timestamp: 'asc' }],
      owner: 'OperatorMSP',
      limit: 10,
    });
    assert.deepEqual(
      (answer.json() as Page).events.filter(({ event }) => event.timestamp.startsWith(DAY)).map(hourOf),
      [4, 5, 7],
    );
  });

  itWithQueries('sorts by the time of recording', async () => {
    const { operator } = gateways();
    const [first, second] = [
      await operator.record(newEvent({ agent_id: 'late' })),
      await operator.record(newEvent({ agent_id: 'late', timestamp: '2020-01-01T00:00:00Z' })),
    ];
    const answer = await operator.post('/v1/events/query', { agent_id: 'late', sort: 'recorded_at', order: 'asc' });
    assert.deepEqual(
      (answer.json() as Page).events.map(({ locator }) => locator),
      [first.locator, second.locator],
    );
  });

  itWithQueries("shows every organization's events to every organization", async () => {
    for (const api of apis()) {
      const { events } = (await api.read('/v1/events?session_id=theirs')) as Page;
      assert.deepEqual(
        events.map(({ owner }) => owner),
        ['PartnerMSP'],
      );
    }
  });

  it('tells the history of an event, with what each organization said of it, page by page', async () => {
    const { operator, partner, auditor, level } = gateways();
    const { locator } = await operator.record(newEvent({ event_id: 'judged' }));
    await level();
    const id = 'OperatorMSP~judged';
    const said = [
      await partner.post(`/v1/events/${id}/attestations`, { kind: 'disputed', reason: 'we saw something else' }),
      await auditor.post(`/v1/events/${locator}/attestations`, { kind: 'reviewed', evidence_sha256: 'ab'.repeat(32) }),
      await operator.post('/v1/events/judged/attestations', { kind: 'confirmed' }),
    ];
    assert.deepEqual(
      said.map(({ status }) => status),
      [201, 201, 201],
    );
    await level();
    const first = (await auditor.read(`/v1/events/${id}/history?limit=2`)) as History;
    assert.equal(first.recording?.locator, locator);
    assert.equal(first.record_versions, 1);
    const second = (await auditor.read(
      `/v1/events/${id}/history?limit=2&cursor=${encodeURIComponent(first.next_cursor ?? '')}`,
    )) as History;
    assert.equal(second.next_cursor, undefined);
    assert.deepEqual(
      [...first.entries, ...second.entries].map(({ kind, recorded_by }) => [kind, recorded_by.msp_id]),
      [
        ['disputed', 'PartnerMSP'],
        ['reviewed', 'AuditorMSP'],
        ['confirmed', 'OperatorMSP'],
      ],
    );
  });

  it('keeps everything that is said of an event at the same time', async () => {
    const { operator, partner, auditor, level } = gateways();
    const { locator } = await operator.record(newEvent());
    await level();
    const said = await Promise.all(
      [operator, partner, auditor, operator, partner].map((api) =>
        api.post(`/v1/events/${locator}/attestations`, { kind: 'confirmed' }),
      ),
    );
    assert.deepEqual(
      said.map(({ status }) => status),
      [201, 201, 201, 201, 201],
    );
    await level();
    assert.equal(((await auditor.read(`/v1/events/${locator}/history`)) as History).entries.length, 5);
  });

  it('shows a transaction: who created, who endorsed, what it wrote', async () => {
    const { operator, auditor, level } = gateways();
    const receipt = await operator.record(newEvent());
    await level();
    const transaction = (await auditor.read(`/v1/transactions/${receipt.tx_id}`)) as Record<string, unknown>;
    assert.equal(transaction['block_number'], receipt.block_number);
    assert.equal(transaction['code'], 'VALID');
    assert.deepEqual(transaction['endorsed_by'], receipt.endorsed_by);
    assert.equal((transaction['creator'] as { msp_id: string }).msp_id, 'OperatorMSP');
    assert.deepEqual(transaction['records'], [{ first_event: receipt.locator, last_event: receipt.locator, count: 1 }]);
  });

  it('says that a network whose keys are all on one machine is not independent', async () => {
    const ledger = (await gateways().auditor.read('/v1/ledger')) as Record<string, unknown>;
    assert.deepEqual(ledger['network'], { kind: NETWORK === 'embedded' ? 'embedded' : 'native', independent: false });
    assert.match(String(ledger['notice']), /demonstration/);
    assert.deepEqual(ledger['organizations'], ['OperatorMSP', 'PartnerMSP', 'AuditorMSP']);
    assert.equal(ledger['msp_id'], 'AuditorMSP');
  });

  function apis(): Api[] {
    const { operator, partner, auditor } = gateways();
    return [operator, partner, auditor];
  }
});

function hourOf({ event }: StoredEvent): number {
  return Number(event.timestamp.slice(11, 13));
}

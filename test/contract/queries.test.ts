import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { z } from 'zod';
import { eventQuery, sessionQuery } from '../../core/index.js';
import type { EventQuery, EventView, SessionRef } from '../../core/index.js';
import { useConsortium } from './consortium.js';
import { chain, newSession, record } from './sessions.js';

type Asked = z.input<typeof eventQuery>;

describe('querying the ledger', () => {
  const consortium = useConsortium();
  const agent = `agent ${randomUUID()}`;
  const sessions: SessionRef[] = [newSession('OperatorMSP', agent), newSession('PartnerMSP', agent)];
  const at = (minute: number) => `2025-06-01T09:${String(minute).padStart(2, '0')}:00Z`;

  before(async () => {
    const [mine, theirs] = sessions as [SessionRef, SessionRef];
    const { operator, partner } = consortium();
    const first = chain(
      [
        { timestamp: at(1), tool: 'search', confidence: 0.9, labels: { env: 'test' } },
        { timestamp: at(3), tool: 'refund', confidence: 0.2, status: 'denied' },
        { timestamp: at(5), event_type: 'final_decision', decision: 'escalate' },
      ],
      mine,
    );
    await record(operator, [mine, first.slice(0, 2)]);
    await record(partner, [
      theirs,
      chain([{ timestamp: at(2), event_type: 'acme.refund' }, { timestamp: at(4) }], theirs),
    ]);
    await record(operator, [mine, first.slice(2)]);
  });

  const ask = (asked: Asked) => consortium().auditor.queryEvents(eventQuery.parse(asked));
  const minutesOf = (events: EventView[]) => events.map(({ core }) => Number(core.timestamp.slice(14, 16)));
  const find = async (asked: Asked) => minutesOf((await ask(asked)).events);

  it('finds the events of an agent, newest first, from an index', async () => {
    const page = await ask({ agent_id: agent });
    assert.deepEqual(minutesOf(page.events), [5, 4, 3, 2, 1]);
    assert.deepEqual([page.index, page.scanned, page.next_cursor], ['records-by-agent-id-to', false, undefined]);
  });

  it('answers half-open ranges of time', async () => {
    assert.deepEqual(await find({ agent_id: agent, from: at(2), to: at(4), order: 'asc' }), [2, 3]);
    assert.deepEqual(await find({ agent_id: agent, from: '2025-06-01T11:02:00.000000001+02:00', to: at(4) }), [3]);
  });

  it('finds the events of a session', async () => {
    const { session_id } = sessions[0] as SessionRef;
    const page = await ask({ session_id, order: 'asc' });
    assert.deepEqual(minutesOf(page.events), [1, 3, 5]);
    assert.deepEqual([page.index, page.scanned], ['records-by-session-id-from', false]);
  });

  it('orders and bounds by the time of recording', async () => {
    const page = await ask({ agent_id: agent, by: 'recorded_at', order: 'asc' });
    assert.deepEqual(minutesOf(page.events), [1, 3, 2, 4, 5]);
    assert.equal(page.index, 'records-by-agent-id-recorded-at');
    const theirs = page.events[2]?.recorded_at;
    const [recorded_from, recorded_to] = [theirs, page.events[4]?.recorded_at];
    assert.deepEqual(await find({ agent_id: agent, recorded_from, recorded_to }), [4, 2]);
    assert.deepEqual(await find({ agent_id: agent, recorded_to: recorded_from, order: 'asc' }), [1, 3]);
  });

  it('matches selectors exactly, and says that it scanned', async () => {
    const cases: [EventQuery['selector'], number[]][] = [
      [{ event_type: 'final_decision' }, [5]],
      [{ event_type: { $in: ['acme.refund', 'final_decision'] } }, [5, 2]],
      [{ 'tool.name': 'refund' }, [3]],
      [{ status: 'denied' }, [3]],
      [{ confidence: { $gte: 0.5 } }, [1]],
      [{ confidence: { $lt: 0.9 } }, [3]],
      [{ 'labels.env': 'test' }, [1]],
      [{ $or: [{ status: 'denied' }, { decision: { $exists: true } }] }, [5, 3]],
      [{ 'recorded_by.msp_id': 'PartnerMSP' }, [4, 2]],
      [{ decision: 'never' }, []],
    ];
    for (const [selector, minutes] of cases) {
      const page = await ask({ agent_id: agent, selector });
      assert.deepEqual(minutesOf(page.events), minutes, JSON.stringify(selector));
      assert.equal(page.scanned, true);
    }
    assert.deepEqual(await find({ agent_id: agent, owner: 'PartnerMSP' }), [4, 2]);
  });

  it('comes in pages whose cursors fit nothing else', async () => {
    const minutes: number[] = [];
    let cursor: string | undefined;
    do {
      const page = await ask({ agent_id: agent, limit: 2, ...(cursor !== undefined && { cursor }) });
      minutes.push(...minutesOf(page.events));
      cursor = page.next_cursor;
      if (cursor !== undefined) {
        await assert.rejects(ask({ agent_id: agent, order: 'asc', cursor }), { code: 'INVALID_CURSOR' });
        await assert.rejects(ask({ agent_id: 'another', cursor }), { code: 'INVALID_CURSOR' });
      }
    } while (cursor !== undefined);
    assert.deepEqual(minutes, [5, 4, 3, 2, 1]);
  });

  it('refuses selectors that name no field of an event or no operator', async () => {
    for (const selector of [{ colour: 'red' }, { status: { $near: 1 } }, { $where: 'x' }]) {
      await assert.rejects(ask({ agent_id: agent, selector }), { code: 'INVALID_QUERY' });
    }
  });

  it('lists sessions by their last recording', async () => {
    const [mine, theirs] = sessions as [SessionRef, SessionRef];
    const list = (asked: object) =>
      consortium().partner.querySessions(sessionQuery.parse({ agent_id: agent, ...asked }));
    const all = await list({});
    assert.deepEqual(
      all.sessions.map(({ session_id }) => session_id),
      [mine.session_id, theirs.session_id],
    );
    assert.deepEqual(all.sessions, await consortium().operator.readHeads([mine, theirs]));
    assert.equal(all.index, 'heads-by-agent-id-last-recorded-at');
    const one = await consortium().partner.querySessions(sessionQuery.parse({ session_id: mine.session_id }));
    assert.deepEqual([one.sessions, one.index], [all.sessions.slice(0, 1), 'heads-by-session-id-last-recorded-at']);
    const first = await list({ limit: 1, order: 'asc' });
    assert.ok(first.next_cursor);
    const second = await list({ limit: 1, order: 'asc', cursor: first.next_cursor });
    assert.deepEqual([...first.sessions, ...second.sessions], all.sessions.toReversed());
    assert.equal(second.next_cursor, undefined);
    assert.deepEqual((await list({ owner: 'PartnerMSP' })).sessions, all.sessions.slice(1));
    assert.deepEqual((await list({ open: false })).sessions, []);
    await assert.rejects(list({ open: true, cursor: first.next_cursor }), { code: 'INVALID_CURSOR' });
  });
});

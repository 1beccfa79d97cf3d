import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  checkSelector,
  eventQuery,
  LIMITS,
  matchesEvent,
  matchesSelector,
  normalizeTimestamp,
} from '../../../core/index.js';
import type { EventQuery, EventView, JsonObject, SessionRef } from '../../../core/index.js';
import { mergeEvents } from '../../../chaincode/query/merge-events.js';
import { planQuery } from '../../../chaincode/query/plan-query.js';
import { comparePositions, eventPosition } from '../../../chaincode/query/position.js';
import type { Position } from '../../../chaincode/query/position.js';
import { matcherOf } from '../../../chaincode/query/query-events.js';
import { viewEvents } from '../../../chaincode/state/documents.js';
import type { RecordDocument } from '../../../chaincode/state/documents.js';
import { recordKey } from '../../../chaincode/state/keys.js';
import { chain, recordsOf } from './builders.js';

/** Times from few values, so that many are equal; from the same minute to an hour apart. */
const time = fc
  .tuple(fc.constantFrom('08', '09'), fc.constantFrom('00', '01', '59'), fc.constantFrom('00', '30', '30.000000001'))
  .map(([hour, minute, second]) => `2026-11-24T${hour}:${minute}:${second}Z`);
const agent = fc.constantFrom('a', 'ab', 'a~');
const session = fc.constantFrom('s', 's1');
const owner = fc.constantFrom('OperatorMSP', 'PartnerMSP');
const eventType = fc.constantFrom('tool_call', 'final_decision');

/** Among them some that say what the query itself could say, and some that only look so. */
const selector: fc.Arbitrary<JsonObject> = fc.oneof(
  eventType.map((type): JsonObject => ({ event_type: type })),
  agent.map((agent_id): JsonObject => ({ agent_id })),
  fc.tuple(agent, session).map(([agent_id, session_id]): JsonObject => ({ $and: [{ agent_id }, { session_id }] })),
  fc.tuple(eventType, session).map(([type, session_id]): JsonObject => ({ event_type: type, session_id })),
  fc.tuple(agent, agent).map(([one, other]): JsonObject => ({ $or: [{ agent_id: one }, { agent_id: other }] })),
  agent.map((agent_id): JsonObject => ({ agent_id: { $ne: agent_id } })),
  agent.map((agent_id): JsonObject => ({ $not: { agent_id } })),
  agent.map((agent_id): JsonObject => ({ $nor: [{ agent_id }] })),
);

const history: fc.Arbitrary<RecordDocument[]> = fc
  .uniqueArray(
    fc.record({
      place: fc.record({ owner, agent_id: agent, session_id: session }),
      transactions: fc.array(
        fc.record({
          events: fc.array(fc.record({ timestamp: time, event_type: eventType }), { minLength: 1, maxLength: 5 }),
          recordedAt: time,
        }),
        { minLength: 1, maxLength: 4 },
      ),
    }),
    { selector: ({ place }) => recordKey(place, 1), maxLength: 8 },
  )
  .map((sessions) => sessions.flatMap(({ place, transactions }) => recordSession(place, transactions)));

const query: fc.Arbitrary<EventQuery> = fc
  .record(
    {
      owner,
      agent_id: agent,
      session_id: session,
      from: time,
      to: time,
      recorded_from: time,
      recorded_to: time,
      selector,
      by: fc.constantFrom('timestamp' as const, 'recorded_at' as const),
      order: fc.constantFrom('asc' as const, 'desc' as const),
      limit: fc.integer({ min: 1, max: 7 }),
    },
    { requiredKeys: ['by', 'order', 'limit'] },
  )
  .map((parts) => eventQuery.parse(parts));

describe('querying events', () => {
  it('finds exactly the events that a search through everything finds, in the same order, page by page', async () => {
    await fc.assert(
      fc.asyncProperty(history, query, async (records, asked) => {
        assert.deepEqual(locatorsOf(await readPages(records, asked)), locatorsOf(searchThrough(records, asked)));
      }),
      { numRuns: 300 },
    );
  });

  it('is led by the agent or session that a selector names outright, and by nothing else', () => {
    const indexFor = (asked: JsonObject) =>
      planQuery(eventQuery.parse({ selector: asked }), checkSelector(asked)).index.name;
    const label = { 'labels.env': 'test' };
    assert.equal(indexFor({ agent_id: 'a', ...label }), 'records-by-agent-id-to');
    assert.equal(
      indexFor({ $and: [label, { agent_id: { $eq: 'a' } }, { session_id: 's' }] }),
      'records-by-session-id-to',
    );
    for (const other of [
      { $or: [{ agent_id: 'a' }, label] },
      { agent_id: { $ne: 'a' } },
      { agent_id: { $in: ['a'] } },
    ]) {
      assert.equal(indexFor({ ...other, ...label }), 'records-by-to');
    }
  });

  it('reads no more records than it takes to be certain of a page', async () => {
    const records = recordsOf(chain([1, 2, 3, 4, 5].map((minute) => ({ timestamp: `2026-11-24T09:0${minute}:00Z` }))));
    const asked = eventQuery.parse({ limit: 2 });
    const page = await mergeEvents(inOrder(records, asked), { ...asked, matches: () => true });
    assert.deepEqual([page.found.map(({ view }) => view.core.seq), page.recordsRead], [[5, 4], 3]);
  });

  it('stops at the limit of records, with what is certain and where to go on', async () => {
    const records = manyRecords(LIMITS.recordsPerQuery + 10, (index) => `2026-11-24T09:00:00.${pad(index)}Z`);
    const asked = eventQuery.parse({ limit: 5, order: 'asc' });
    const matches = ({ core }: EventView) => core.seq >= LIMITS.recordsPerQuery;
    const page = await mergeEvents(inOrder(records, asked), { ...asked, matches });
    assert.deepEqual(
      page.found.map(({ view }) => view.core.seq),
      [LIMITS.recordsPerQuery],
    );
    const rest = await mergeEvents(inOrder(records, asked, page.next), { ...asked, matches, after: page.next });
    assert.equal(rest.found[0]?.view.core.seq, LIMITS.recordsPerQuery + 1);
  });

  it('refuses to go on where more records than that have one time', async () => {
    const records = manyRecords(LIMITS.recordsPerQuery + 10, () => '2026-11-24T09:00:00Z');
    const asked = eventQuery.parse({ limit: 5, order: 'asc' });
    const { next } = await mergeEvents(inOrder(records, asked), { ...asked, matches: () => false });
    const goOn = mergeEvents(inOrder(records, asked, next), { ...asked, matches: () => false, after: next });
    await assert.rejects(goOn, { code: 'QUERY_TOO_BROAD' });
  });

  it('ends a page before it is too large to travel, and goes on behind it', async () => {
    const links = Array.from({ length: LIMITS.links }, () => ({ event_id: 'e'.repeat(2048), rel: 'cause' }));
    const count = 300;
    const records = recordsOf(chain(Array.from({ length: count }, () => ({ links }))));
    const asked = eventQuery.parse({ limit: 1000, order: 'asc' });
    const first = await mergeEvents(inOrder(records, asked), { ...asked, matches: () => true });
    assert.ok(JSON.stringify(first.found.map(({ view }) => view)).length < LIMITS.pageBytes * 1.01);
    const second = await mergeEvents(inOrder(records, asked), { ...asked, matches: () => true, after: first.next });
    assert.equal(first.found.length + second.found.length, count);
    assert.equal(second.next, undefined);
  });

  it('does not trust a state database that answers out of order', async () => {
    const records = recordsOf(chain([{ timestamp: '2026-11-24T09:00:00Z' }, { timestamp: '2026-11-24T08:00:00Z' }]));
    const asked = eventQuery.parse({ order: 'asc' });
    await assert.rejects(mergeEvents(iterate(records), { ...asked, matches: () => true }), /out of order/);
  });
});

function recordSession(
  place: SessionRef,
  transactions: { events: { timestamp: string; event_type: string }[]; recordedAt: string }[],
): RecordDocument[] {
  const events = chain(
    transactions.flatMap((transaction) => transaction.events),
    place,
  );
  let start = 0;
  return transactions.flatMap(({ events: { length }, recordedAt }) => {
    const recorded = events.slice(start, (start += length));
    return recordsOf(recorded, place, normalizeTimestamp(recordedAt));
  });
}

async function readPages(records: RecordDocument[], asked: EventQuery): Promise<EventView[]> {
  const condition = asked.selector && checkSelector(asked.selector);
  const events: EventView[] = [];
  let after: Position | undefined;
  do {
    const matches = matcherOf(asked, condition);
    const page = await mergeEvents(inOrder(records, asked, after), { ...asked, after, matches });
    assert.ok(page.found.length <= asked.limit);
    events.push(...page.found.map(({ view }) => view));
    after = page.next;
  } while (after);
  return events;
}

function searchThrough(records: RecordDocument[], asked: EventQuery): EventView[] {
  const isWithin = (at: string, from?: string, to?: string) =>
    (!from || (normalizeTimestamp(from) ?? '') <= at) && (!to || at < (normalizeTimestamp(to) ?? ''));
  const isEqual = (wanted: unknown, value: string) => wanted === undefined || wanted === value;
  return records
    .flatMap(viewEvents)
    .filter(({ core }) => isEqual(asked.owner, core.owner) && isEqual(asked.agent_id, core.agent_id))
    .filter(({ core }) => isEqual(asked.session_id, core.session_id))
    .filter((view) => !asked.selector || matchesEvent(checkSelector(asked.selector), view))
    .filter(({ core }) => isWithin(normalizeTimestamp(core.timestamp) ?? '', asked.from, asked.to))
    .filter((view) => isWithin(view.recorded_at, asked.recorded_from, asked.recorded_to))
    .toSorted((a, b) => comparePositions(asked.order, eventPosition(asked, a), eventPosition(asked, b)));
}

/** What a state database answers to the planned query: the records that match it, sorted by its fields, then by key. */
function inOrder(records: RecordDocument[], asked: EventQuery, after?: Position): AsyncIterable<RecordDocument> {
  const { query: planned, index } = planQuery(asked, asked.selector && checkSelector(asked.selector), after);
  const condition = planned.selector;
  const found = records.filter((record) => matchesSelector(condition, record as unknown as JsonObject));
  const time = index.fields.at(-1) as 'from' | 'to' | 'recorded_at';
  const keyOf = (record: RecordDocument) => ({ time: record[time], key: recordKey(record, record.first_seq) });
  return iterate(found.toSorted((a, b) => comparePositions(asked.order, keyOf(a), keyOf(b))));
}

async function* iterate(records: RecordDocument[]): AsyncGenerator<RecordDocument> {
  for (const record of records) yield await Promise.resolve(record);
}

/** Records of one event each; what hashes and chain say does not matter here. */
function manyRecords(count: number, timestampOf: (index: number) => string): RecordDocument[] {
  const [template] = recordsOf(chain([{}]));
  const event = template?.events[0];
  assert.ok(event);
  return Array.from({ length: count }, (_, index) => {
    const timestamp = timestampOf(index);
    const seq = index + 1;
    const time = normalizeTimestamp(timestamp) ?? '';
    const events = [{ ...event, core: { ...event.core, seq, timestamp } }];
    return { ...template, first_seq: seq, last_seq: seq, from: time, to: time, events };
  });
}

function pad(index: number): string {
  return String(index).padStart(9, '0');
}

function locatorsOf(events: EventView[]): string[] {
  return events.map(({ locator }) => locator);
}

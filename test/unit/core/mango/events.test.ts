import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  AuditError,
  checkSelector,
  eventFilter,
  matchesEvent,
  matchesSelector,
  normalizeTimestamp,
  postedEvent,
  recordSelector,
  selectableEvent,
} from '../../../../core/index.js';
import type { EventView, JsonObject, JsonValue } from '../../../../core/index.js';
import { posted, sealChain, viewOf } from '../arbitraries.js';

const [sealed] = sealChain([
  postedEvent.parse({
    event_id: 'refund:42',
    event_type: 'tool_call',
    timestamp: '2026-11-24T10:30:00.5+01:00',
    started_at: '2026-11-24T09:29:59Z',
    agent_id: 'agent',
    session_id: 'session',
    tool: { name: 'refund', call_id: 'c1' },
    confidence: 0.4,
    labels: { env: 'prod' },
    links: [{ event_id: 'x', rel: 'cause' }],
    usage: { input_tokens: 12 },
    error: { type: 'timeout', message: 'secret' },
    source: { format: 'otlp', derived: ['/phase'] },
  }),
]);
const view: EventView = { ...viewOf(sealed ?? assert.fail()), submitted_by: 'alice' };

describe('selectors over events', () => {
  const cases: [string, JsonObject, boolean][] = [
    ['everything', {}, true],
    ['a field of the event', { event_type: 'tool_call' }, true],
    ['a dotted field', { 'tool.name': 'refund' }, true],
    ['a nested field', { tool: { name: { $in: ['search', 'refund'] } } }, true],
    ['a label', { 'labels.env': { $ne: 'prod' } }, false],
    ['a number', { 'usage.input_tokens': { $gte: 12 } }, true],
    ['what is absent', { 'policy.id': { $exists: false } }, true],
    ['a session and its owner', { owner: 'OperatorMSP', session_id: 'session', seq: 1 }, true],
    ['who submitted it', { submitted_by: 'alice', 'recorded_by.msp_id': 'OperatorMSP' }, true],
    ['its place', { locator: 'OperatorMSP~agent~session~1' }, true],
    ['what was committed', { 'commitments.error\\.message': { $exists: true } }, true],
    ['the size of what was committed', { commitments: { 'error\\.message': { size_bytes: { $gt: 100 } } } }, false],
    ['a link', { links: { $elemMatch: { rel: 'cause' } } }, true],
    ['a link by its index', { 'links.0.event_id': 'x' }, true],
    ['what was derived', { 'source.derived': { $all: ['/phase'] } }, true],
    ['the key of a label', { labels: { $keyMapMatch: { $beginsWith: 'e' } } }, true],
    ['the same instant with another offset', { timestamp: '2026-11-24T09:30:00.500Z' }, true],
    ['a time range', { timestamp: { $gte: '2026-11-24T12:30:00+03:00', $lt: '2026-11-24T09:30:00.6Z' } }, true],
    ['a time before', { timestamp: { $lt: '2026-11-24T09:30:00.5Z' } }, false],
    ['a time among others', { started_at: { $in: ['2026-11-24T10:29:59+01:00'] } }, true],
    ['the time of recording', { recorded_at: { $gt: '2026-11-28T23:59:59Z' } }, true],
    ['a day', { timestamp: { $beginsWith: '2026-11-24T09' } }, true],
  ];
  for (const [name, selector, expected] of cases) {
    it(`match ${name}`, () => {
      assert.equal(matchesEvent(checkSelector(selector), view), expected);
    });
  }

  const refused: [string, JsonObject, string][] = [
    ['an unknown field', { tol: 1 }, '/tol'],
    ['an unknown part of a field', { 'tool.nam': 1 }, '/tool.nam'],
    ['a part of what has none', { 'event_type.x': 1 }, '/event_type.x'],
    ['a committed value', { input: 1 }, '/input'],
    ['the message of an error', { 'error.message': 'secret' }, '/error.message'],
    ['a field of the record', { events: { $exists: true } }, '/events/$exists'],
    ['an unknown field of a link', { links: { $elemMatch: { rell: 'x' } } }, '/links/$elemMatch/rell'],
    ['an unknown field behind $not', { $not: { $or: [{ 'model.x': 1 }] } }, '/$not/$or/0/model.x'],
    ['a label with a name that no label has', { 'labels.1x': 1 }, '/labels.1x'],
    ['what is inherited', { 'constructor.name': 1 }, '/constructor.name'],
    ['a time that is none', { timestamp: { $gt: 'yesterday' } }, '/timestamp/$gt'],
    ['a number for a time', { recorded_at: 5 }, '/recorded_at'],
    ['a list with what is no time', { timestamp: { $in: ['2026-11-24T09:30:00Z', 1] } }, '/timestamp/$in'],
  ];
  for (const [name, selector, pointer] of refused) {
    it(`refuse ${name}`, () => {
      assert.throws(
        () => checkSelector(selector),
        (error) =>
          error instanceof AuditError && error.code === 'INVALID_QUERY' && error.errors[0]?.pointer === pointer,
      );
    });
  }
});

describe('the record selector', () => {
  const T = '2026-11-24T09:30:00.000000000Z';
  const cases: [JsonObject, JsonObject][] = [
    [{}, {}],
    [{ agent_id: 'a' }, { agent_id: { $eq: 'a' } }],
    [{ event_type: { $in: ['a', 'b'] } }, { event_types: { $elemMatch: { $in: ['a', 'b'] } } }],
    [{ 'tool.name': 't' }, { tools: { $elemMatch: { $eq: 't' } } }],
    [{ 'labels.env': 'prod' }, { events: { $elemMatch: { 'core.labels.env': { $eq: 'prod' } } } }],
    [{ hash: 'h' }, { events: { $elemMatch: { hash: { $eq: 'h' } } } }],
    [{ confidence: { $lt: 0.5 } }, { events: { $elemMatch: { 'core.confidence': { $lt: 0.5 } } } }],
    [{ $not: { confidence: { $gte: 0.5 } } }, { events: { $elemMatch: { 'core.confidence': { $lt: 0.5 } } } }],
    [{ timestamp: { $gte: T } }, { to: { $gte: T } }],
    [{ timestamp: { $lt: T } }, { from: { $lt: T } }],
    [{ timestamp: T }, { $and: [{ from: { $lte: T } }, { to: { $gte: T } }] }],
    [{ recorded_at: { $gte: T } }, { recorded_at: { $gte: T } }],
    [{ agent_id: 'a', decision: { $ne: 'x' } }, { agent_id: { $eq: 'a' } }],
    [{ $or: [{ agent_id: 'a' }, { owner: 'o' }] }, { $or: [{ agent_id: { $eq: 'a' } }, { owner: { $eq: 'o' } }] }],
    [{ $or: [{ agent_id: 'a' }, { decision: { $regex: 'x' } }] }, {}],
    // Orders of strings differ from one state database to the next.
    [{ decision: { $gt: 'x' } }, {}],
    // Kept as it was posted, in whatever offset.
    [{ started_at: T }, {}],
    [{ links: { $elemMatch: { rel: 'x' } } }, {}],
  ];
  for (const [selector, expected] of cases) {
    it(`says of ${JSON.stringify(selector)} what a record must fulfil`, () => {
      assert.deepEqual(recordSelector(checkSelector(selector)), expected);
    });
  }

  /** A record as the ledger keeps it, of events of one session. */
  function recordOf(views: readonly EventView[]): JsonObject {
    const [first] = views;
    const times = views.map(({ core }) => normalizeTimestamp(core.timestamp) ?? '').sort();
    const record = {
      doc_type: 'record',
      owner: first?.core.owner,
      agent_id: first?.core.agent_id,
      session_id: first?.core.session_id,
      from: times[0],
      to: times.at(-1),
      recorded_at: first?.recorded_at,
      recorded_by: first?.recorded_by,
      tx_id: first?.tx_id,
      event_types: views.map(({ core }) => core.event_type),
      tools: views.flatMap(({ core }) => core.tool?.name ?? []),
      payload: first?.payload,
      events: views.map(({ hash, core, submitted_by }) => ({ hash, core, ...(submitted_by && { submitted_by }) })),
    };
    return JSON.parse(JSON.stringify(record)) as JsonObject;
  }

  const views = fc.array(posted, { minLength: 1, maxLength: 4 }).map((events) => sealChain(events).map(viewOf));
  const operators = ['$eq', '$ne', '$lt', '$lte', '$gt', '$gte', '$in', '$nin', '$exists', '$regex'];

  /** A selector about values that one of the events really has, near hits included. */
  function selectorFor(event: JsonObject, pick: () => number): JsonObject {
    const fields = Object.entries(event).filter(([, value]) => value !== null && typeof value !== 'object');
    const tests = Array.from({ length: 1 + (pick() % 3) }, (): JsonObject => {
      const [field, value] = fields[pick() % fields.length] ?? assert.fail();
      const operator = operators[pick() % operators.length] ?? '$eq';
      return { [field]: { [operator]: operandFor(operator, value) } };
    });
    const combination = ['$and', '$or', '$nor'][pick() % 3] ?? '$and';
    return pick() % 2 === 0 ? { [combination]: tests } : { $not: { [combination]: tests } };
  }

  function operandFor(operator: string, value: JsonValue): JsonValue {
    if (operator === '$exists') return true;
    if (operator === '$regex') return '.';
    return operator === '$in' || operator === '$nin' ? [value] : value;
  }

  it('holds for every record that has an event which the selector matches', () => {
    let matched = 0;
    fc.assert(
      fc.property(views, fc.infiniteStream(fc.nat()), (events, numbers) => {
        const pick = () => Number(numbers.next().value);
        const subject = events[pick() % events.length] ?? assert.fail();
        const condition = checkSelector(selectorFor(selectableEvent(subject), pick));
        if (!events.some(eventFilter(condition))) return;
        matched += 1;
        const narrowed = recordSelector(condition);
        assert.ok(matchesSelector(narrowed, recordOf(events)), JSON.stringify(narrowed));
      }),
      { numRuns: 500 },
    );
    assert.ok(matched > 100, 'hardly any selector matched: the property was not tested');
  });
});

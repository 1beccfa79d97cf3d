import assert from 'node:assert/strict';
import fc from 'fast-check';
import { LIMITS, normalizeTimestamp, timestampFromMs, timestampMs } from '../../../core/index.js';
import { eventBytes } from '../../../chaincode/recording/check-event.js';
import { splitRecords } from '../../../chaincode/recording/split-records.js';
import { chain, recordsOf } from './builders.js';

const START_MS = Date.parse('2026-11-24T09:30:00Z');

describe('splitting events into records', () => {
  it('keeps every event once, in order, within the limits of a record', () => {
    const offsets = fc.array(fc.integer({ min: -90_000, max: 90_000 }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(offsets, (offsetsMs) => {
        const events = chain(offsetsMs.map((ms) => ({ timestamp: timestampFromMs(START_MS + ms) })));
        const parts = splitRecords(events);
        assert.deepEqual(
          parts.flatMap((part) => part.events),
          events,
        );
        for (const { events: held, from, to } of parts) {
          const times = held.map(({ core }) => normalizeTimestamp(core.timestamp));
          assert.deepEqual([from, to], [times.toSorted()[0], times.toSorted().at(-1)]);
          assert.ok(timestampMs(to) - timestampMs(from) < LIMITS.recordSpanMs);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('makes one record of what fits into one', () => {
    assert.equal(splitRecords(chain(Array.from({ length: LIMITS.eventsPerRecord }, () => ({})))).length, 1);
  });

  it('starts a record when the count is full', () => {
    const parts = splitRecords(chain(Array.from({ length: LIMITS.eventsPerRecord + 1 }, () => ({}))));
    assert.deepEqual(
      parts.map((part) => part.events.length),
      [LIMITS.eventsPerRecord, 1],
    );
  });

  it('starts a record when the bytes are full', () => {
    const large = 'x'.repeat(LIMITS.recordBytes / 2);
    const parts = splitRecords(chain([{ input: large }, { input: large }, {}]));
    assert.deepEqual(
      parts.map((part) => part.events.length),
      [1, 2],
    );
    for (const part of parts) {
      const bytes = part.events.reduce((sum, { core }) => sum + eventBytes(core), 0);
      assert.ok(bytes <= LIMITS.recordBytes);
    }
  });

  it('describes a record by what a query can find it by', () => {
    const events = chain([
      { event_type: 'tool_call', tool: 'search', timestamp: '2026-11-24T10:30:01.5+01:00' },
      { event_type: 'final_decision', timestamp: '2026-11-24T09:30:00Z' },
      { event_type: 'tool_call', tool: { name: 'refund', call_id: '1' }, timestamp: '2026-11-24T09:30:02Z' },
    ]);
    const [record] = recordsOf(events);
    assert.deepEqual(
      { ...record, events: record?.events.length, recorded_by: undefined },
      {
        doc_type: 'record',
        v: 1,
        owner: 'OperatorMSP',
        agent_id: 'agent',
        session_id: 'session',
        first_seq: 1,
        last_seq: 3,
        count: 3,
        from: '2026-11-24T09:30:00.000000000Z',
        to: '2026-11-24T09:30:02.000000000Z',
        recorded_at: '2026-11-24T10:00:00.000000000Z',
        recorded_by: undefined,
        tx_id: 'f'.repeat(64),
        event_types: ['final_decision', 'tool_call'],
        tools: ['refund', 'search'],
        payload: 'none',
        events: 3,
      },
    );
  });
});

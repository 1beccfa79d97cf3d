import assert from 'node:assert/strict';
import fc from 'fast-check';
import { hashCore, LIMITS, normalizeTimestamp, timestampFromMs, timestampMs } from '../../../core/index.js';
import { writeJson } from '../../../chaincode/json.js';
import { buildRecord } from '../../../chaincode/recording/build-documents.js';
import { splitRecords } from '../../../chaincode/recording/split-records.js';
import type { RecordDocument } from '../../../chaincode/state/documents.js';
import { posted } from '../core/arbitraries.js';
import { chain, checkAll, recordsOf, SESSION, STAMP } from './builders.js';

const START_MS = Date.parse('2026-11-24T09:30:00Z');

describe('splitting events into records', () => {
  it('keeps every event once, in order, within the limits of a record', () => {
    const offsets = fc.array(fc.integer({ min: -90_000, max: 90_000 }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(offsets, (offsetsMs) => {
        const events = checkAll(chain(offsetsMs.map((ms) => ({ timestamp: timestampFromMs(START_MS + ms) }))));
        const parts = splitRecords(events);
        assert.deepEqual(
          parts.flatMap((part) => part.events),
          events,
        );
        for (const { events: held, from, to } of parts) {
          const times = held.map(({ event }) => normalizeTimestamp(event.core.timestamp));
          assert.deepEqual([from, to], [times.toSorted()[0], times.toSorted().at(-1)]);
          assert.ok(timestampMs(to) - timestampMs(from) < LIMITS.recordSpanMs);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('makes one record of what fits into one', () => {
    const events = chain(Array.from({ length: LIMITS.eventsPerRecord }, () => ({})));
    assert.equal(splitRecords(checkAll(events)).length, 1);
  });

  it('starts a record when the count is full', () => {
    const events = chain(Array.from({ length: LIMITS.eventsPerRecord + 1 }, () => ({})));
    const parts = splitRecords(checkAll(events));
    assert.deepEqual(
      parts.map((part) => part.events.length),
      [LIMITS.eventsPerRecord, 1],
    );
  });

  it('starts a record when the bytes are full', () => {
    const large = 'x'.repeat(LIMITS.recordBytes / 2);
    const parts = splitRecords(checkAll(chain([{ input: large }, { input: large }, {}])));
    assert.deepEqual(
      parts.map((part) => part.events.length),
      [1, 2],
    );
    for (const part of parts) {
      const bytes = part.events.reduce((sum, event) => sum + event.bytes, 0);
      assert.ok(bytes <= LIMITS.recordBytes);
      assert.equal(part.bytes, bytes);
    }
  });

  it('writes a record as it is read, whatever was written before', () => {
    const postings = fc.array(posted, { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(postings, (events) => {
        const sessions = chain(events.map((event) => ({ ...event, event_id: undefined })));
        for (const part of splitRecords(checkAll(sessions))) {
          const text = writeJson(buildRecord(SESSION, part, STAMP, { document: 1, index: 2 }));
          const { events: stored } = JSON.parse(text) as RecordDocument;
          assert.equal(text, writeJson(JSON.parse(text) as object));
          assert.deepEqual(
            stored.map(({ core }) => hashCore(core)),
            part.events.map(({ event }) => event.hash),
          );
          for (const { openings, event } of part.events) assert.equal(writeJson(openings), writeJson(event.openings));
        }
      }),
    );
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

import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { SessionRef } from '../../../core/index.js';
import * as keys from '../../../chaincode/state/keys.js';
import { text } from '../core/arbitraries.js';

const seq = fc.integer({ min: 1, max: 999_999_999_999 });
const session: fc.Arbitrary<SessionRef> = fc.record({ owner: text(6), agent_id: text(6), session_id: text(6) });
const recordedAt = '2026-11-24T10:00:00.000000000Z';
const txId = 'a'.repeat(64);

describe('keys of the state', () => {
  it('order the records of a session as its events, within its own range only', () => {
    fc.assert(
      fc.property(session, session, seq, seq, (one, other, left, right) => {
        const { start, end } = keys.recordRange(one, 1);
        assert.equal(left < right, keys.recordKey(one, left) < keys.recordKey(one, right));
        const key = keys.recordKey(other, right);
        assert.equal(key >= start && key < end, isSame(one, other));
      }),
    );
  });

  it('bound a range of records by both ends', () => {
    fc.assert(
      fc.property(session, fc.tuple(seq, seq), seq, (one, [from, before], at) => {
        const { start, end } = keys.recordRange(one, from, before);
        const key = keys.recordKey(one, at);
        assert.equal(key >= start && key < end, at >= from && at < before);
      }),
    );
  });

  it('keep the lifecycle of an event apart from that of every other', () => {
    fc.assert(
      fc.property(session, session, seq, seq, (one, other, left, right) => {
        const { start, end } = keys.lifecycleRange({ ...one, seq: left });
        const key = keys.lifecycleKey({ ...other, seq: right }, recordedAt, txId);
        assert.equal(key >= start && key < end, isSame(one, other) && left === right);
      }),
    );
  });

  it("keep an agent's keys apart from those of every other", () => {
    const id = fc.base64String({ minLength: 4, maxLength: 8 }).map((encoded) => encoded.replace(/[+/=]/g, '_'));
    fc.assert(
      fc.property(session, session, id, id, (one, other, left, right) => {
        const { start, end } = keys.agentKeyRange(one);
        const key = keys.agentKeyKey(other, right);
        const isOfAgent = one.owner === other.owner && one.agent_id === other.agent_id;
        assert.equal(key >= start && key < end, isOfAgent);
        assert.equal(key >= keys.agentKeyRange(one, left).start && key < end, isOfAgent && right > left);
      }),
    );
  });

  it('go on behind a lifecycle entry', () => {
    const locator = { owner: 'O', agent_id: 'a', session_id: 's', seq: 1 };
    const { start } = keys.lifecycleRange(locator, { recorded_at: recordedAt, tx_id: txId });
    assert.ok(keys.lifecycleKey(locator, recordedAt, txId) < start);
    assert.ok(keys.lifecycleKey(locator, recordedAt, `b${txId.slice(1)}`) > start);
  });

  it('lead from a record to its payload, also from one that had a document of its own', () => {
    const place = fc.record({ document: fc.nat(999), index: fc.nat(15) });
    fc.assert(
      fc.property(session, session, place, fc.integer({ min: 1, max: 9_999_999 }), (one, other, at, seq) => {
        const record = { ...one, first_seq: seq, tx_id: txId };
        const shared = keys.findPayload({ ...record, payload_at: at });
        assert.deepEqual(shared, { key: `p~${txId}~${at.document}`, index: at.index });
        const own = keys.findPayload(record);
        assert.deepEqual(own, { key: `p~${keys.eventKey(one, seq)}`, index: 0 });
        assert.notEqual(own.key, shared.key);
        const others = keys.findPayload({ ...other, first_seq: seq, tx_id: txId });
        assert.equal(others.key === own.key, isSame(one, other));
      }),
    );
  });

  it('are different for different kinds of documents', () => {
    const one = { owner: 'O', agent_id: 'a', session_id: 's' };
    const all = [
      keys.headKey(one),
      keys.recordKey(one, 1),
      keys.payloadKey(txId, 0),
      keys.aliasKey('O', 'a'),
      keys.lifecycleKey({ ...one, seq: 1 }, recordedAt, txId),
      keys.agentStateKey(one),
      keys.agentKeyKey(one, 'id'),
      keys.revocationKey(one, 'id'),
    ];
    assert.deepEqual(
      all.map((key) => key.slice(0, 2)),
      ['h~', 'r~', 'p~', 'i~', 'l~', 'a~', 'k~', 'x~'],
    );
  });
});

function isSame(one: SessionRef, other: SessionRef): boolean {
  return one.owner === other.owner && one.agent_id === other.agent_id && one.session_id === other.session_id;
}

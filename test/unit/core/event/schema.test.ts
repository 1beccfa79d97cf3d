import assert from 'node:assert/strict';
import { COMMITTED_FIELDS, eventCore, LIMITS, postedEvent } from '../../../../core/index.js';

const EVENT = {
  event_type: 'tool_call',
  timestamp: '2026-11-24T09:30:00Z',
  agent_id: 'billing-agent',
  session_id: 's-1',
};

describe('posted events', () => {
  it('are normalized: a phase, and a tool by its name', () => {
    assert.deepEqual(postedEvent.parse({ ...EVENT, tool: 'refund' }), {
      ...EVENT,
      phase: 'complete',
      tool: { name: 'refund' },
    });
  });

  it('are not changed by being read again', () => {
    const once = postedEvent.parse({ ...EVENT, tool: 'refund', labels: { env: 'prod' }, input: null, output: '' });
    assert.deepEqual(postedEvent.parse(once), once);
  });

  it('take any JSON value where values are committed to', () => {
    const { 'error.message': message, ...values } = Object.fromEntries(
      COMMITTED_FIELDS.map((field) => [field, { any: [1, null, field] }]),
    );
    const event = { ...EVENT, phase: 'complete', ...values, error: { type: 'x', message } };
    assert.deepEqual(postedEvent.parse(event), event);
  });

  const refused: [string, object][] = [
    ['an unknown field', { extra: 1 }],
    ['an unknown part of a field', { model: { name: 'm', extra: 1 } }],
    ['a field that the ledger sets', { seq: 1 }],
    ['a recorded time', { recorded_at: '2026-11-24T09:30:00Z' }],
    ['no type', { event_type: undefined }],
    ['an unknown type without a namespace', { event_type: 'refund' }],
    ['a namespace without a name', { event_type: 'acme.' }],
    ['a time without an offset', { timestamp: '2026-11-24T09:30:00' }],
    ['a number for a time', { timestamp: 1764000000 }],
    ['an empty agent', { agent_id: '' }],
    ['an agent that is too long', { agent_id: 'a'.repeat(LIMITS.idPartBytes + 1) }],
    ['an own id with a path in it', { event_id: '../1' }],
    ['confidence above 1', { confidence: 1.01 }],
    ['confidence that is no number', { confidence: '0.5' }],
    ['confidence that is NaN', { confidence: NaN }],
    ['an attempt of 0', { attempt: 0 }],
    ['tokens that are no integer', { usage: { input_tokens: 1.5 } }],
    ['tokens beyond what a double counts', { usage: { input_tokens: 2 ** 53 } }],
    ['a currency that is none', { usage: { cost: { amount: 1, currency: 'euro' } } }],
    ['a trace id in upper case', { trace_id: '4BF92F3577B34DA6A3CE929D0E0E4736' }],
    ['a nested label', { labels: { env: { name: 'prod' } } }],
    ['a label with a dot in its name', { labels: { 'a.b': 'c' } }],
    ['too many labels', { labels: Object.fromEntries(Array.from({ length: 17 }, (_, i) => [`l${i}`, 'x'])) }],
    ['too many links', { links: Array.from({ length: 33 }, () => ({ event_id: 'x', rel: 'y' })) }],
    ['an error without a type', { error: { message: 'x' } }],
    ['a name that is too long', { action: 'a'.repeat(LIMITS.nameLength + 1) }],
  ];
  for (const [name, change] of refused) {
    it(`are refused with ${name}`, () => {
      assert.ok(postedEvent.safeParse(EVENT).success);
      assert.ok(!postedEvent.safeParse({ ...EVENT, ...change }).success);
    });
  }
});

describe('event cores', () => {
  const core = {
    ...EVENT,
    phase: 'complete',
    schema_version: 1,
    owner: 'OperatorMSP',
    seq: 1,
    prev_hash: '0'.repeat(64),
    commitments: {},
  };
  const refused: [string, object][] = [
    ['a committed value in clear', { input: 1 }],
    ['the message of an error in clear', { error: { type: 'x', message: 'y' } }],
    ['a commitment to an unknown field', { commitments: { decision: { sha256: 'a'.repeat(64), size_bytes: 1 } } }],
    ['a commitment without a size', { commitments: { input: { sha256: 'a'.repeat(64) } } }],
    ['no phase', { phase: undefined }],
    ['a tool that is only a name', { tool: 'refund' }],
    ['another schema version', { schema_version: 2 }],
    ['a place below 1', { seq: 0 }],
    ['a hash in upper case', { prev_hash: 'A'.repeat(64) }],
  ];
  for (const [name, change] of refused) {
    it(`are refused with ${name}`, () => {
      assert.ok(eventCore.safeParse(core).success);
      assert.ok(!eventCore.safeParse({ ...core, ...change }).success);
    });
  }
});

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { compareContent, sealEvent } from '../../../../core/index.js';
import type { PostedEvent, SealedEvent } from '../../../../core/index.js';
import { posted, saltCounter } from '../arbitraries.js';

/** The same event sealed at two places, with different salts. */
function sealTwice(first: PostedEvent, second = first): [SealedEvent, SealedEvent] {
  return [
    sealEvent(first, { owner: 'OperatorMSP', seq: 3, prevHash: 'a'.repeat(64) }, saltCounter(1)),
    sealEvent(second, { owner: 'OperatorMSP', seq: 9, prevHash: 'b'.repeat(64) }, saltCounter(100)),
  ];
}

describe('same content', () => {
  it('is seen whatever the place in the chain and the salts', () => {
    fc.assert(
      fc.property(posted, (event) => {
        const [stored, incoming] = sealTwice(event);
        assert.notEqual(stored.hash, incoming.hash);
        assert.deepEqual(compareContent(stored, incoming), { same: true, compared: 'content' });
      }),
    );
  });

  it('is judged by the core where the stored values are gone, and says so', () => {
    fc.assert(
      fc.property(posted, (event) => {
        const [{ core }, incoming] = sealTwice({ ...event, input: { amount: 100 } });
        assert.deepEqual(compareContent({ core }, incoming), { same: true, compared: 'core' });
        const [, other] = sealTwice({ ...event, input: { amount: 999 } });
        assert.deepEqual(compareContent({ core }, other), { same: true, compared: 'core' });
        const [, longer] = sealTwice({ ...event, input: { amount: 1000 } });
        assert.deepEqual(compareContent({ core }, longer), { same: false, compared: 'core' });
      }),
    );
  });

  it('needs no openings where nothing was committed', () => {
    const bare: PostedEvent = {
      event_type: 'session_end',
      phase: 'complete',
      timestamp: '2026-11-24T09:30:00Z',
      agent_id: 'a',
      session_id: 's',
    };
    const [{ core }, incoming] = sealTwice(bare);
    assert.deepEqual(compareContent({ core }, incoming), { same: true, compared: 'content' });
  });

  const changes: [string, Partial<PostedEvent>][] = [
    ['another public field', { decision: 'another decision' }],
    ['the same instant in another spelling', { timestamp: '2026-11-24T10:30:00+01:00' }],
    ['another value of the same size', { input: { amount: 200 } }],
    ['null in place of a value', { input: null }],
    ['a value more', { output: null }],
    ['another error message of the same length', { error: { type: 'timeout', message: 'B' } }],
    ['another type of the error', { error: { type: 'refused', message: 'A' } }],
    ['an error without its message', { error: { type: 'timeout' } }],
  ];
  const event: PostedEvent = {
    event_type: 'tool_call',
    phase: 'complete',
    timestamp: '2026-11-24T09:30:00Z',
    agent_id: 'a',
    session_id: 's',
    input: { amount: 100 },
    error: { type: 'timeout', message: 'A' },
  };
  for (const [name, change] of changes) {
    it(`is not ${name}`, () => {
      const [stored, incoming] = sealTwice(event, { ...event, ...change });
      assert.deepEqual(compareContent(stored, incoming), { same: false, compared: 'content' });
    });
  }

  it('is not that of another organization', () => {
    const [stored, incoming] = sealTwice(event);
    const foreign = { ...incoming, core: { ...incoming.core, owner: 'PartnerMSP' } };
    assert.equal(compareContent(stored, foreign).same, false);
  });
});

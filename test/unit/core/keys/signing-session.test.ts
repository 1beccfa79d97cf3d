import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { sealedEvent, SigningSession, verifyChain, verifyOpenings } from '../../../../core/index.js';
import { newSigner } from '../../../support/agent-signer.js';
import { SESSION } from '../../chaincode/builders.js';
import { saltCounter } from '../arbitraries.js';

const EVENT = {
  event_type: 'tool_call',
  timestamp: '2026-01-02T03:04:05Z',
  tool: 'refund',
  input: { order: 1 },
} as const;

describe('a signing session', () => {
  it('makes what the gateway takes: a chain of sealed events', () => {
    const session = new SigningSession(SESSION, newSigner(), saltCounter());
    const sealed = [session.seal(EVENT), session.seal({ ...EVENT, action: 'again' }), session.seal(EVENT)];
    verifyChain(sealed);
    for (const event of sealed) {
      verifyOpenings(event.core, event.openings);
      assert.deepEqual(sealedEvent.parse(event), event);
    }
    assert.deepEqual(session.tip, { seq: 3, hash: sealed[2]?.hash });
  });

  it('goes on from where it was told to, and where an event was no event', () => {
    const signer = newSigner();
    const first = new SigningSession(SESSION, signer, saltCounter());
    const one = first.seal(EVENT);
    const later = new SigningSession(SESSION, signer, saltCounter(), first.tip);
    assert.throws(() => later.seal({ ...EVENT, confidence: 2 }));
    const two = later.seal(EVENT);
    verifyChain([one, two]);
  });
});

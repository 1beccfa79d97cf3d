import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { AuditError, CHAIN_START, LIMITS, postedEvent, sealEvent } from '../../../core/index.js';
import type { JsonValue } from '../../../core/index.js';
import { parseDraft } from '../../../gateway/intake/draft.js';
import { newEvent } from '../../support/events.js';

describe('a draft', () => {
  /** Code and pointer of what is wrong with the fourth event of a batch. */
  function faultOf(event: unknown): { code: string; pointer: string | undefined } {
    try {
      parseDraft(event as JsonValue, 'OneMSP', '/events/3');
    } catch (error) {
      if (error instanceof AuditError) return { code: error.code, pointer: error.errors[0]?.pointer };
      throw error;
    }
    return assert.fail('it was taken');
  }

  function nested(levels: number): JsonValue {
    return levels === 0 ? 'deep' : [nested(levels - 1)];
  }

  function sealed(input: JsonValue): JsonValue {
    const place = { owner: 'OneMSP', seq: 1, prevHash: CHAIN_START };
    const event = sealEvent(postedEvent.parse(newEvent({ input })), place, () => '0'.repeat(32));
    return { sealed: event } as unknown as JsonValue;
  }

  it('may be as deep as an event, and says where it is deeper', () => {
    parseDraft(newEvent({ input: nested(LIMITS.depth - 1) }) as JsonValue, 'OneMSP', '');
    const { code, pointer } = faultOf(newEvent({ input: nested(LIMITS.depth) }));
    assert.deepEqual(
      { code, pointer },
      { code: 'TOO_DEEP', pointer: `/events/3/input${'/0'.repeat(LIMITS.depth - 1)}` },
    );
  });

  it('that its agent has sealed is no deeper than the contract takes', () => {
    const levels = LIMITS.depth - '/openings/input/value'.split('/').length + 1;
    parseDraft(sealed(nested(levels)), 'OneMSP', '');
    const { code, pointer } = faultOf(sealed(nested(levels + 1)));
    assert.equal(code, 'TOO_DEEP');
    assert.match(pointer ?? '', /^\/events\/3\/sealed\/openings\/input\/value\/0/);
  });

  it('says which value has no canonical form', () => {
    const error = { type: 'timeout', message: 'cut off \ud83d' };
    assert.deepEqual(faultOf(newEvent({ error })), { code: 'LONE_SURROGATE', pointer: '/events/3/error/message' });
    assert.deepEqual(faultOf(newEvent({ tool: 'cut off \ud83d' })), {
      code: 'LONE_SURROGATE',
      pointer: '/events/3/tool/name',
    });
  });

  it('is refused where its members are too large together', () => {
    const half = 'x'.repeat(LIMITS.eventBytes / 2);
    assert.deepEqual(faultOf(newEvent({ input: half, output: half })), { code: 'TOO_LARGE', pointer: '/events/3' });
    const { bytes } = parseDraft(newEvent({ input: half }) as JsonValue, 'OneMSP', '');
    assert.ok(bytes > half.length && bytes < half.length + 1000);
  });
});

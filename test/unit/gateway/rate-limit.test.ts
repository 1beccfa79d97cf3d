import assert from 'node:assert/strict';
import type { Response } from 'express';
import { describe, it } from 'mocha';
import { AuditError } from '../../../core/index.js';
import { RateLimit } from '../../../gateway/http/rate-limit.js';

const START = 1_000_000;

/** Counts one request; the headers of its answer, and the code of its refusal. */
function count(rate: RateLimit, from: string, now?: number): Record<string, string> {
  const headers: Record<string, string> = {};
  const res = { setHeader: (name: string, value: string) => (headers[name] = value) } as unknown as Response;
  try {
    rate.count(from, res, now);
  } catch (error) {
    assert.ok(error instanceof AuditError);
    headers['refused'] = error.code;
  }
  return headers;
}

describe('the limit of requests a minute', () => {
  it('says what is left, and refuses what is too much until the minute is over', () => {
    const rate = new RateLimit(2);
    const policy = { 'RateLimit-Policy': '"2-in-1min"; q=2; w=60; pk=:MmJkODA2Yzk3ZjBl:' };
    assert.deepEqual(count(rate, 'alice', START), { RateLimit: '"2-in-1min"; r=1; t=60', ...policy });
    assert.deepEqual(count(rate, 'alice', START + 10_001), { RateLimit: '"2-in-1min"; r=0; t=50', ...policy });
    assert.deepEqual(count(rate, 'alice', START + 59_999), {
      RateLimit: '"2-in-1min"; r=0; t=1',
      ...policy,
      'Retry-After': '1',
      refused: 'TOO_MANY_REQUESTS',
    });
    assert.deepEqual(count(rate, 'alice', START + 60_000), { RateLimit: '"2-in-1min"; r=1; t=60', ...policy });
  });

  it('ends with its minute, wherever the clock of the machine is set to', () => {
    const rate = new RateLimit(1);
    count(rate, 'alice');
    const { now } = Date;
    try {
      Date.now = () => now() - 3_600_000;
      assert.equal(count(rate, 'alice')['Retry-After'], '60');
    } finally {
      Date.now = now;
    }
  });

  it('counts each by itself, through the minutes', () => {
    const rate = new RateLimit(1);
    for (let minute = 0; minute < 3; minute++) {
      const now = START + minute * 60_000;
      for (const from of ['alice', 'bob']) assert.equal(count(rate, from, now)['refused'], undefined);
      for (const from of ['alice', 'bob'])
        assert.equal(count(rate, from, now + 30_000)['refused'], 'TOO_MANY_REQUESTS');
    }
  });
});

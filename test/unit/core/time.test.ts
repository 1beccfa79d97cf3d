import assert from 'node:assert/strict';
import fc from 'fast-check';
import { normalizeTimestamp, timestampFromMs, timestampFromSeconds, timestampMs } from '../../../core/index.js';

const NORMALIZED: [string, string][] = [
  ['2026-11-24T09:30:00Z', '2026-11-24T09:30:00.000000000Z'],
  ['2026-11-24t09:30:00.5z', '2026-11-24T09:30:00.500000000Z'],
  ['2026-11-24T09:30:00.123456789+01:30', '2026-11-24T08:00:00.123456789Z'],
  ['2026-12-31T23:30:00-01:00', '2027-01-01T00:30:00.000000000Z'],
  ['2024-02-29T00:00:00-00:00', '2024-02-29T00:00:00.000000000Z'],
  ['0000-01-01T00:00:00Z', '0000-01-01T00:00:00.000000000Z'],
];

const NO_TIMES = [
  '',
  'now',
  '2026-11-24',
  '2026-11-24T09:30:00',
  '2026-11-24 09:30:00Z',
  '2026-11-24T09:30Z',
  '2026-11-24T09:30:00.Z',
  '2026-11-24T09:30:00.1234567890Z',
  '2026-11-24T24:00:00Z',
  '2026-11-24T23:59:60Z',
  '2026-02-30T00:00:00Z',
  '2025-02-29T00:00:00Z',
  '2026-13-01T00:00:00Z',
  '2026-11-24T09:30:00+24:00',
  '2026-11-24T09:30:00+01:60',
  '2026-11-24T09:30:00+0100',
  '+002026-11-24T09:30:00Z',
  '0000-01-01T00:00:00+00:01',
  '9999-12-31T23:59:59-00:01',
  '２０26-11-24T09:30:00Z',
  '2026-11-24T09:30:00Z\n',
];

describe('times', () => {
  for (const [text, expected] of NORMALIZED) {
    it(`brings ${text} to its sortable form`, () => {
      assert.equal(normalizeTimestamp(text), expected);
    });
  }
  for (const text of NO_TIMES) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      assert.equal(normalizeTimestamp(text), undefined);
    });
  }

  /** An instant in nanoseconds, and one of the texts that name it. */
  const instant = fc
    .record({
      ms: fc.integer({ min: 0, max: 4e12 }),
      nanos: fc.nat(999_999),
      offsetMinutes: fc.integer({ min: -1439, max: 1439 }),
    })
    .map(({ ms, nanos, offsetMinutes }) => {
      const local = new Date(ms + offsetMinutes * 60_000).toISOString().slice(0, 23);
      const minutes = Math.abs(offsetMinutes);
      const pad = (number: number) => String(number).padStart(2, '0');
      const offset = `${offsetMinutes < 0 ? '-' : '+'}${pad(Math.floor(minutes / 60))}:${pad(minutes % 60)}`;
      return {
        nanoseconds: BigInt(ms) * 1_000_000n + BigInt(nanos),
        text: `${local}${String(nanos).padStart(6, '0')}${offset}`,
      };
    });

  it('sorts as text as the instants sort, whatever their offsets', () => {
    fc.assert(
      fc.property(instant, instant, (left, right) => {
        const [first, second] = [left, right].map(({ text }) => normalizeTimestamp(text));
        assert.ok(first !== undefined && second !== undefined);
        assert.equal(first < second, left.nanoseconds < right.nanoseconds);
        assert.equal(first === second, left.nanoseconds === right.nanoseconds);
      }),
    );
  });

  it('is not changed by being normalized again', () => {
    fc.assert(
      fc.property(instant, ({ text }) => {
        const normalized = normalizeTimestamp(text) ?? '';
        assert.equal(normalizeTimestamp(normalized), normalized);
      }),
    );
  });

  it('is made from seconds and from milliseconds, and read as milliseconds', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4e12 }), fc.nat(999_999), (ms, nanos) => {
        const fromMs = timestampFromMs(ms);
        assert.equal(normalizeTimestamp(fromMs), fromMs);
        assert.equal(timestampMs(fromMs), ms);
        const fromSeconds = timestampFromSeconds(Math.floor(ms / 1000), (ms % 1000) * 1_000_000 + nanos);
        assert.equal(normalizeTimestamp(fromSeconds), fromSeconds);
        assert.equal(timestampMs(fromSeconds), ms);
        assert.equal(fromSeconds.slice(23, 29), String(nanos).padStart(6, '0'));
      }),
    );
  });
});

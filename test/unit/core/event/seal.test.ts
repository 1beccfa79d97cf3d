import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import {
  AuditError,
  canonicalize,
  CHAIN_START,
  commit,
  COMMITTED_FIELDS,
  eventCore,
  hashCore,
  postedEvent,
  restorePosted,
  sealedEvent,
  sealEvent,
  verifyOpenings,
  verifyPresentOpenings,
  writeSeal,
  writeSealed,
  writeValues,
} from '../../../../core/index.js';
import type { JsonObject, JsonValue, Openings } from '../../../../core/index.js';
import { json, posted, saltCounter } from '../arbitraries.js';
import { readEventVectors } from './vectors.js';

const PLACE = { owner: 'OperatorMSP', seq: 1, prevHash: CHAIN_START };

describe('frozen events of version 1', () => {
  for (const vector of readEventVectors()) {
    it(`keep their hash: ${vector.name}`, () => {
      assert.equal(canonicalize(vector.core as JsonValue), vector.canonical);
      assert.equal(hashCore(vector.core), vector.hash);
      const text = `agent-audit-ledger/event/v1\n${vector.canonical}`;
      assert.equal(createHash('sha256').update(text).digest('hex'), vector.hash);
    });

    it(`are sealed alike from what was posted: ${vector.name}`, () => {
      const salts = COMMITTED_FIELDS.flatMap((field) => vector.openings[field]?.salt ?? []);
      const place = { owner: vector.core.owner, seq: vector.core.seq, prevHash: vector.core.prev_hash };
      const sealed = sealEvent(
        postedEvent.parse(vector.posted),
        place,
        () => salts.shift() ?? assert.fail('no salt left'),
      );
      assert.deepEqual(sealed, { core: vector.core, hash: vector.hash, openings: vector.openings });
      assert.deepEqual(sealedEvent.parse(sealed), sealed);
    });

    it(`keep their commitments: ${vector.name}`, () => {
      verifyOpenings(vector.core, vector.openings);
      for (const field of COMMITTED_FIELDS) {
        const opening = vector.openings[field];
        if (!opening) continue;
        const value = Buffer.from(canonicalize(opening.value));
        const hash = createHash('sha256').update('agent-audit-ledger/commitment/v1\n');
        hash.update(Buffer.from(opening.salt, 'hex')).update(value);
        assert.deepEqual(vector.core.commitments[field], { sha256: hash.digest('hex'), size_bytes: value.length });
      }
    });
  }
});

/** Pointers to all leaves of a core, as paths. */
function leaves(value: JsonValue | undefined, path: string[] = []): string[][] {
  if (typeof value !== 'object' || value === null) return [path];
  const members = Object.entries(value);
  return members.length === 0 ? [path] : members.flatMap(([key, item]) => leaves(item, [...path, key]));
}

/** A copy in which one leaf is another value, or gone. */
function alter(core: JsonObject, path: string[], how: 'replace' | 'remove'): JsonObject {
  const copy = structuredClone(core);
  let container = copy;
  for (const key of path.slice(0, -1)) container = container[key] as JsonObject;
  const key = path.at(-1) ?? '';
  if (how === 'remove') Reflect.deleteProperty(container, key);
  else container[key] = typeof container[key] === 'number' ? container[key] / 2 - 1 : { was: container[key] ?? null };
  return copy;
}

describe('sealing', () => {
  it('hashes every part of the core: no change goes unseen', () => {
    fc.assert(
      fc.property(posted, fc.nat(), fc.constantFrom('replace', 'remove'), (event, pick, how) => {
        const { core, hash } = sealEvent(event, PLACE, saltCounter());
        const object = core as unknown as JsonObject;
        const paths = leaves(object);
        const path = paths[pick % paths.length] ?? assert.fail();
        // An array that loses an item keeps a hole, which has no canonical form at all.
        if (how === 'remove' && path.some((key) => key === 'links')) return;
        assert.notEqual(hashCore(alter(object, path, how)), hash);
        assert.notEqual(hashCore({ ...object, added: true }), hash);
      }),
    );
  });

  it('makes cores that fit their schema, and is undone by restoring', () => {
    fc.assert(
      fc.property(posted, (event) => {
        const sealed = sealEvent(event, PLACE, saltCounter());
        assert.deepEqual(eventCore.parse(sealed.core), sealed.core);
        assert.deepEqual(restorePosted(sealed.core, sealed.openings), event);
        assert.equal(hashCore(sealed.core), sealed.hash);
      }),
    );
  });

  it('writes what it seals, values first', () => {
    fc.assert(
      fc.property(posted, (event) => {
        const { values, bytes } = writeValues(event);
        const sealed = sealEvent(event, PLACE, saltCounter());
        assert.deepEqual(writeSeal(event, values, PLACE, saltCounter()), writeSealed(sealed));
        const { error, ...rest } = restorePosted(sealed.core, {});
        const publicPart = { ...rest, ...(error && { error: { type: error.type } }) };
        const sizes = Object.values(sealed.core.commitments).map((commitment) => commitment.size_bytes);
        const expected = Buffer.byteLength(canonicalize(publicPart as JsonValue));
        assert.equal(
          bytes,
          sizes.reduce((sum, size) => sum + size, expected),
        );
      }),
    );
  });

  it('keeps committed values out of the core', () => {
    fc.assert(
      fc.property(posted, (event) => {
        const secret = 'a value that nobody else may see';
        const sealed = sealEvent(
          { ...event, input: { secret }, error: { type: 'x', message: secret } },
          PLACE,
          saltCounter(),
        );
        assert.ok(!JSON.stringify(sealed.core).includes(secret));
      }),
    );
  });

  it('tells null, empty and absent apart', () => {
    const base = postedEvent.parse({
      event_type: 'tool_call',
      timestamp: '2026-11-24T09:30:00Z',
      agent_id: 'a',
      session_id: 's',
    });
    const hashes = [
      base,
      { ...base, input: null },
      { ...base, input: '' },
      { ...base, input: {} },
      { ...base, output: null },
    ];
    const distinct = new Set(hashes.map((event) => sealEvent(event, PLACE, () => '0'.repeat(32)).hash));
    assert.equal(distinct.size, hashes.length);
  });

  it('leaves out the committed values that were erased when it restores', () => {
    const event = postedEvent.parse({
      event_type: 'error',
      timestamp: '2026-11-24T09:30:00Z',
      agent_id: 'a',
      session_id: 's',
      error: { type: 'timeout', message: 'personal' },
      input: 1,
    });
    const { core } = sealEvent(event, PLACE, saltCounter());
    const { input, ...rest } = event;
    assert.equal(input, 1);
    assert.deepEqual(restorePosted(core, {}), { ...rest, error: { type: 'timeout' } });
  });
});

describe('commitments', () => {
  it('hide: the same value under another salt looks different, and only its size shows', () => {
    fc.assert(
      fc.property(json, (value) => {
        const newSalt = saltCounter();
        const [first, second] = [commit({ salt: newSalt(), value }), commit({ salt: newSalt(), value })];
        assert.notEqual(first.sha256, second.sha256);
        assert.equal(first.size_bytes, second.size_bytes);
        assert.notEqual(first.sha256, createHash('sha256').update(canonicalize(value)).digest('hex'));
      }),
    );
  });

  it('bind: no other value opens them', () => {
    const salt = '00'.repeat(16);
    fc.assert(
      fc.property(json, json, (left, right) => {
        const equal = canonicalize(left) === canonicalize(right);
        assert.equal(commit({ salt, value: left }).sha256 === commit({ salt, value: right }).sha256, equal);
      }),
    );
  });
});

describe('openings', () => {
  const event = postedEvent.parse({
    event_type: 'tool_call',
    timestamp: '2026-11-24T09:30:00Z',
    agent_id: 'a',
    session_id: 's',
    input: { amount: 1 },
    error: { type: 'x', message: 'm' },
  });
  const { core, openings } = sealEvent(event, PLACE, saltCounter());
  const input = openings.input ?? assert.fail();

  const wrong: [string, Openings, string][] = [
    ['another value', { ...openings, input: { ...input, value: { amount: 2 } } }, '/openings/input'],
    ['another salt', { ...openings, input: { ...input, salt: 'ff'.repeat(16) } }, '/openings/input'],
    ['an opening of nothing', { ...openings, output: input }, '/openings/output'],
    ['openings exchanged', { 'error.message': input, input }, '/openings/error.message'],
  ];
  for (const [name, altered, pointer] of wrong) {
    it(`refuse ${name}`, () => {
      for (const verify of [verifyOpenings, verifyPresentOpenings]) {
        assert.throws(
          () => verify(core, altered),
          (error) =>
            error instanceof AuditError && error.code === 'COMMITMENT_MISMATCH' && error.errors[0]?.pointer === pointer,
        );
      }
    });
  }

  it('may be absent when they are read, but not when they are submitted', () => {
    verifyOpenings(core, openings);
    verifyPresentOpenings(core, { input });
    verifyPresentOpenings(core, {});
    assert.throws(() => verifyOpenings(core, { input }), { code: 'COMMITMENT_MISMATCH' });
  });

  it('refuse a commitment that lies about the size', () => {
    const commitment = core.commitments.input ?? assert.fail();
    const lying = { ...core, commitments: { ...core.commitments, input: { ...commitment, size_bytes: 1 } } };
    assert.throws(() => verifyOpenings(lying, openings), { code: 'COMMITMENT_MISMATCH' });
  });
});

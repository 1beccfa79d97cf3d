import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  AuditError,
  formatLocator,
  formatOwnId,
  formatSession,
  idPart,
  ownEventId,
  parseEventRef,
  parseSession,
} from '../../../../core/index.js';
import { text } from '../arbitraries.js';

const session = fc.record({ owner: text(), agent_id: text(), session_id: text() }, { noNullPrototype: true });

describe('locators', () => {
  it('name a session and an event, and are read back', () => {
    fc.assert(
      fc.property(session, fc.integer({ min: 1, max: 999_999_999_999 }), (parts, seq) => {
        assert.deepEqual(parseSession(formatSession(parts)), parts);
        const written = formatLocator({ ...parts, seq });
        assert.deepEqual(parseEventRef(written), { kind: 'locator', locator: { ...parts, seq } });
        assert.equal(encodeURIComponent(written).replaceAll('%3D', '='), written);
      }),
    );
  });

  it('name different events differently', () => {
    fc.assert(
      fc.property(session, session, (left, right) => {
        const same = (['owner', 'agent_id', 'session_id'] as const).every((key) => left[key] === right[key]);
        assert.equal(formatSession(left) === formatSession(right), same);
      }),
    );
  });

  it('read well', () => {
    const locator = { owner: 'OperatorMSP', agent_id: 'billing agent', session_id: 's-1', seq: 7 };
    assert.equal(formatLocator(locator), 'OperatorMSP~billing=20agent~s-1~7');
  });
});

describe('own ids', () => {
  it('are read bare or behind their owner', () => {
    assert.deepEqual(parseEventRef('run:1@a'), { kind: 'own', eventId: 'run:1@a' });
    assert.equal(formatOwnId('Org 1', 'run:1@a'), 'Org=201~run=3A1=40a');
    assert.deepEqual(parseEventRef('Org=201~run=3A1=40a'), { kind: 'own', owner: 'Org 1', eventId: 'run:1@a' });
  });

  it('round-trip with any owner', () => {
    fc.assert(
      fc.property(text(), fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._:@-]{0,20}$/), (owner, eventId) => {
        assert.deepEqual(parseEventRef(formatOwnId(owner, eventId)), { kind: 'own', owner, eventId });
        assert.deepEqual(parseEventRef(eventId), { kind: 'own', eventId });
      }),
    );
  });

  for (const bad of ['', '.', '..', '.hidden', '-x', 'a/b', 'a b', 'a~b', 'é', 'x\n', 'a'.repeat(129), 'a%2Fb']) {
    it(`cannot be ${JSON.stringify(bad.slice(0, 20))}`, () => {
      assert.ok(!ownEventId.safeParse(bad).success);
    });
  }
});

describe('event references', () => {
  for (const bad of [
    '',
    '~',
    '..',
    '../../etc/passwd',
    '~x',
    'o~',
    'o~..',
    'o~a~s',
    'o~a~s~',
    'o~a~s~0',
    'o~a~s~01',
    'o~a~s~-1',
    'o~a~s~1.5',
    'o~a~s~1e3',
    'o~a~s~1234567890123',
    'o~~s~1',
    '~a~s~1',
    'o~a~s~1~2',
    'o~a~=2f~1',
    'o~a b~s~1',
  ]) {
    it(`refuse ${JSON.stringify(bad)}`, () => {
      assert.throws(() => parseEventRef(bad), { code: 'INVALID_ID' });
    });
  }

  it('never fail otherwise than by a refusal', () => {
    const hostile = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: fc.constantFrom('~', '=', '2', 'F', '.', '1', 'a') }),
    );
    fc.assert(
      fc.property(hostile, (ref) => {
        try {
          parseEventRef(ref);
        } catch (error) {
          assert.ok(error instanceof AuditError && error.code === 'INVALID_ID');
        }
      }),
    );
  });
});

describe('agent and session ids', () => {
  it('are bounded in bytes, not in characters', () => {
    assert.ok(idPart.safeParse('é'.repeat(64)).success);
    assert.ok(!idPart.safeParse('é'.repeat(65)).success);
  });
  for (const bad of ['', 'a\u0000b', 'a\nb', '\u0085', '\ud800']) {
    it(`cannot be ${JSON.stringify(bad)}`, () => {
      assert.ok(!idPart.safeParse(bad).success);
    });
  }
});

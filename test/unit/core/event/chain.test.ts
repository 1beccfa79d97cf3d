import assert from 'node:assert/strict';
import fc from 'fast-check';
import { AuditError, hashCore, verifyChain, verifyLink } from '../../../../core/index.js';
import type { ChainedEvent } from '../../../../core/index.js';
import { posted, sealChain } from '../arbitraries.js';

const chain = fc.array(posted, { minLength: 2, maxLength: 5 }).map((events): ChainedEvent[] => sealChain(events));
const place = fc.nat();

function refusal(verify: () => void): AuditError {
  try {
    verify();
  } catch (error) {
    assert.ok(error instanceof AuditError);
    return error;
  }
  assert.fail('the chain was accepted');
}

describe("a session's chain", () => {
  it('is accepted as it was made, whole and in parts', () => {
    fc.assert(
      fc.property(chain, place, (events, pick) => {
        verifyChain(events);
        const at = pick % events.length;
        verifyChain(events.slice(0, at));
        verifyChain(events.slice(at), events[at - 1]);
      }),
    );
  });

  it('shows an altered event, wherever it stands', () => {
    fc.assert(
      fc.property(chain, place, (events, pick) => {
        const at = pick % events.length;
        const altered = events.map((event, index) =>
          index === at ? { ...event, core: { ...event.core, decision: 'another' } } : event,
        );
        const error = refusal(() => verifyChain(altered));
        assert.equal(error.code, 'HASH_MISMATCH');
        assert.equal(error.errors[0]?.pointer, `/${at}/hash`);
      }),
    );
  });

  it('shows an altered event that was hashed again, unless it is the last', () => {
    fc.assert(
      fc.property(chain, place, (events, pick) => {
        const at = pick % (events.length - 1);
        const altered = events.map((event, index) => {
          const core = { ...event.core, decision: 'another' };
          return index === at ? { core, hash: hashCore(core) } : event;
        });
        const error = refusal(() => verifyChain(altered));
        assert.equal(error.code, 'CHAIN_BROKEN');
        assert.equal(error.errors[0]?.pointer, `/${at + 1}/core/prev_hash`);
      }),
    );
  });

  it('shows an event that is missing, unless it is the last', () => {
    fc.assert(
      fc.property(chain, place, (events, pick) => {
        const error = refusal(() => verifyChain(events.toSpliced(pick % (events.length - 1), 1)));
        assert.equal(error.code, 'CHAIN_BROKEN');
      }),
    );
  });

  it('shows an event that stands twice', () => {
    fc.assert(
      fc.property(chain, place, (events, pick) => {
        const at = pick % events.length;
        const error = refusal(() => verifyChain(events.toSpliced(at, 0, ...events.slice(at, at + 1))));
        assert.equal(error.code, 'CHAIN_BROKEN');
      }),
    );
  });

  it('shows another order', () => {
    fc.assert(
      fc.property(chain, place, (events, pick) => {
        const at = pick % (events.length - 1);
        const swapped = events.toSpliced(at, 2, ...events.slice(at, at + 2).reverse());
        assert.equal(refusal(() => verifyChain(swapped)).code, 'CHAIN_BROKEN');
      }),
    );
  });

  for (const field of ['owner', 'agent_id', 'session_id'] as const) {
    it(`does not go on under another ${field}`, () => {
      fc.assert(
        fc.property(chain, ([first, second]) => {
          assert.ok(first && second);
          const core = { ...second.core, [field]: 'another' };
          const error = refusal(() => verifyLink(first, { core, hash: hashCore(core) }));
          assert.equal(error.code, 'CHAIN_BROKEN');
          assert.equal(error.errors[0]?.pointer, `/core/${field}`);
        }),
      );
    });
  }

  it('starts with the first place and zeros', () => {
    fc.assert(
      fc.property(chain, ([first, second]) => {
        assert.ok(first && second);
        assert.equal(refusal(() => verifyLink(undefined, second)).errors[0]?.pointer, '/core/seq');
        const core = { ...first.core, prev_hash: 'a'.repeat(64) };
        const error = refusal(() => verifyLink(undefined, { core, hash: hashCore(core) }));
        assert.equal(error.errors[0]?.pointer, '/core/prev_hash');
      }),
    );
  });
});

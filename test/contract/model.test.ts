import assert from 'node:assert/strict';
import fc from 'fast-check';
import { formatLocator, verifyChain } from '../../core/index.js';
import type { Outcome, PostedEventInput, SessionRef, Submission } from '../../core/index.js';
import { useConsortium } from './consortium.js';
import { chain, newSession, record } from './sessions.js';

/**
 * Random batches against a model that is as simple as can be: a session is the list of its events. A batch sends, for
 * some sessions, a stretch of a prepared chain: in the right place, again, with a gap, from a fork, or with an id in use.
 */
interface Step {
  session: number;
  /** Where the stretch starts, relative to what is recorded. */
  offset: number;
  length: number;
  fork: boolean;
}

const SESSIONS = 3;
const CHAIN_LENGTH = 24;

const step: fc.Arbitrary<Step> = fc.record({
  session: fc.nat(SESSIONS - 1),
  offset: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.integer({ min: -3, max: 2 })),
  length: fc.integer({ min: 1, max: 4 }),
  fork: fc.oneof({ weight: 5, arbitrary: fc.constant(false) }, fc.constant(true)),
});
const batch = fc.uniqueArray(step, { minLength: 1, maxLength: SESSIONS, selector: ({ session }) => session });

/** Every fourth event has an own id; forks reuse the ids with other content. */
function postings(session: SessionRef, action: string): Partial<PostedEventInput>[] {
  return Array.from({ length: CHAIN_LENGTH }, (_, index) => ({
    action: `${action} ${index}`,
    ...(index % 4 === 3 && { event_id: `${session.session_id}:${index}` }),
    ...(index % 3 === 0 && { input: index }),
  }));
}

class SessionModel {
  readonly session = newSession();
  readonly #main = chain(postings(this.session, 'main'), this.session);
  readonly #fork = chain(postings(this.session, 'fork'), this.session);
  recorded: Submission[] = [];

  stretch({ offset, length, fork }: Step): Submission[] {
    const start = Math.max(0, this.recorded.length + offset);
    return (fork ? this.#fork : this.#main).slice(start, start + length);
  }

  /** What must become of a stretch; records it if it is to be. */
  expect(events: Submission[]): string[] {
    const outcomes: string[] = [];
    const fresh: Submission[] = [];
    let broken = false;
    for (const [index, event] of events.entries()) {
      const outcome = this.#expectOne(event, events[index - 1]);
      outcomes.push(outcome === 'recorded' && broken ? 'GROUP_NOT_RECORDED' : outcome);
      if (outcome === 'recorded') fresh.push(event);
      else if (outcome !== 'duplicate') broken = true;
    }
    if (broken) return outcomes.map((outcome) => (outcome === 'recorded' ? 'GROUP_NOT_RECORDED' : outcome));
    this.recorded.push(...fresh);
    return outcomes;
  }

  #expectOne({ core, hash }: Submission, previous: Submission | undefined): string {
    const sameId = this.recorded.find((event) => core.event_id !== undefined && event.core.event_id === core.event_id);
    if (sameId) return sameId.hash === hash ? 'duplicate' : 'ID_CONFLICT';
    const there = this.recorded[core.seq - 1];
    if (there) return there.hash === hash ? 'duplicate' : 'CHAIN_BROKEN';
    const tip = previous ?? this.recorded.at(-1);
    return core.seq === (tip?.core.seq ?? 0) + 1 && core.prev_hash === (tip?.hash ?? core.prev_hash)
      ? 'recorded'
      : 'CHAIN_BROKEN';
  }
}

describe('any batches from any sessions', () => {
  const consortium = useConsortium();

  it('have exactly the outcomes of the model, and leave chains that verify', async function () {
    this.timeout(120_000);
    await fc.assert(
      fc.asyncProperty(fc.array(batch, { minLength: 1, maxLength: 8 }), async (batches) => {
        const models = Array.from({ length: SESSIONS }, () => new SessionModel());
        for (const steps of batches) await compare(models, steps);
        for (const model of models) await checkStored(model);
      }),
      { numRuns: 15 },
    );
  });

  async function compare(models: SessionModel[], steps: Step[]): Promise<void> {
    const groups = steps.flatMap((one) => {
      const model = models[one.session];
      const events = model?.stretch(one) ?? [];
      return model && events.length > 0 ? [{ model, events }] : [];
    });
    if (groups.length === 0) return;
    const expected = groups.map(({ model, events }) => model.expect(events));
    const answer = await record(
      consortium().operator,
      ...groups.map(({ model, events }) => [model.session, events] as const),
    );
    assert.deepEqual(
      answer.outcomes.map((group, index) =>
        group === 'recorded' ? expected[index]?.map(() => group) : group.map(wordOf),
      ),
      expected,
    );
  }

  async function checkStored({ session, recorded }: SessionModel): Promise<void> {
    const stored = await consortium().auditor.readSession(session, { from_seq: 1, limit: 100 });
    verifyChain(stored);
    assert.deepEqual(
      stored.map(({ hash }) => hash),
      recorded.map(({ hash }) => hash),
    );
    for (const { core, openings } of recorded) {
      const { payload } = (await consortium().auditor.readEvent(formatLocator(core))) ?? assert.fail('not found');
      if (payload === 'collection') {
        assert.deepEqual(await consortium().auditor.readPayload(formatLocator(core)), openings);
      }
    }
    const page = await consortium().auditor.queryEvents({
      session_id: session.session_id,
      by: 'recorded_at',
      order: 'asc',
      limit: 100,
    });
    assert.equal(page.events.length, recorded.length);
  }
});

function wordOf(outcome: Outcome): string {
  return 'fault' in outcome ? outcome.fault.code : outcome.status;
}

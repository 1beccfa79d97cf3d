import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, describe, it } from 'mocha';
import { entryOf, startSequencer } from '../../support/sequencer.js';
import type { PlayedSequencer } from '../../support/sequencer.js';

/** A peer that keeps every transaction until it is told to answer. */
describe('transactions side by side', () => {
  let played: PlayedSequencer;
  let sizes: number[];
  let release: (() => void)[];
  afterEach(() => played.close());

  function start(transactionsInFlight: number, eventsToOverlap: number): void {
    [sizes, release] = [[], []];
    played = startSequencer(
      {
        readHeads: (sessions) => Promise.resolve(sessions.map(() => null)),
        endorse: async ({ groups }) => {
          sizes.push(groups.reduce((sum, { events }) => sum + events.length, 0));
          await new Promise<void>((resolve) => release.push(resolve));
          return groups.map(() => 'recorded');
        },
      },
      { transactionsInFlight, eventsToOverlap },
    );
  }

  it('wait for enough to carry, and go at once when nothing is in flight', async () => {
    start(2, 3);
    const all = [await begin(1), await begin(2)];
    assert.deepEqual(sizes, [1], 'two events do not go beside the first');
    all.push(await begin(1));
    assert.deepEqual(sizes, [1, 3]);
    await finish(all);
  });

  it('are never more than as many as may be in flight', async () => {
    start(2, 1);
    const all = [await begin(1), await begin(1), await begin(5)];
    assert.deepEqual(sizes, [1, 1]);
    await finish(all);
    assert.deepEqual(sizes, [1, 1, 5], 'what has waited travels together');
  });

  it('carry equal parts of what is there', async () => {
    start(3, 2);
    const all = [await begin(240)];
    assert.deepEqual(sizes, [80, 80, 80]);
    all.push(await begin(60));
    await finish(all);
    assert.deepEqual(sizes, [80, 80, 80, 60], 'less than is worth it is not spread');
  });

  let sessions = 0;
  /** Posts, and comes back when what can be sent has been sent. */
  async function begin(events: number): Promise<{ settled: Promise<unknown> }> {
    const posted = Array.from({ length: events }, () => entryOf(`session-${++sessions}`));
    for (const { entry } of posted) played.backlog.admit([entry]);
    played.sequencer.enqueue(posted.map(({ entry }) => entry));
    for (let turns = 0; turns < 40; turns++) await turn();
    return { settled: Promise.all(posted.map(({ settled }) => settled)) };
  }

  async function finish(all: readonly { settled: Promise<unknown> }[]): Promise<void> {
    while (played.backlog.events > 0) {
      for (const answer of release.splice(0)) answer();
      await turn();
    }
    await Promise.all(all.map(({ settled }) => settled));
  }
});

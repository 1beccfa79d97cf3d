import assert from 'node:assert/strict';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, it } from 'mocha';
import { parseJson, postedEvent } from '../../../core/index.js';
import type { PostedEvent } from '../../../core/index.js';
import { plainDraft } from '../../../gateway/intake/draft.js';
import { createEntry } from '../../../gateway/intake/entry.js';
import type { Entry, SessionLane } from '../../../gateway/intake/entry.js';
import { SessionLanes } from '../../../gateway/intake/lanes.js';
import { newEvent } from '../../support/events.js';

const FULL = 10_000;

function entryOf(sessionId: string, agentId = 'support-bot'): Entry {
  return newEntry(postedEvent.parse(newEvent({ session_id: sessionId, agent_id: agentId })));
}

function newEntry(posted: PostedEvent): Entry {
  const draft = { ...plainDraft(posted, ''), bytes: 1 };
  return createEntry({ draft, submittedBy: undefined, request: undefined, bundle: undefined, accepted: false }).entry;
}

/** Of the heap, once everything that nobody reaches is gone. */
function liveBytes(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().heapUsed;
}

async function hold(lanes: SessionLanes, sessionId: string): Promise<SessionLane> {
  const [group] = await lanes.reserve([entryOf(sessionId)]);
  return group?.lane ?? assert.fail();
}

/** How many events of each agent a transaction of so many carries. */
function takeOf(lanes: SessionLanes, eventsPerTransaction: number, enough?: number): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { lane, entries } of lanes.take({ eventsPerTransaction, bytesPerTransaction: 1e6 }, enough)) {
    counts[lane.agentId] = (counts[lane.agentId] ?? 0) + entries.length;
    lanes.release(lane);
  }
  return counts;
}

describe('the lanes of sessions', () => {
  it('holds a lane for one at a time', async () => {
    const lanes = new SessionLanes();
    const lane = await hold(lanes, 'a');
    let second = false;
    const waiting = hold(lanes, 'a').then(() => (second = true));
    await Promise.resolve();
    assert.equal(second, false);
    lanes.release(lane);
    await waiting;
    assert.equal(second, true);
  });

  it('never forgets a lane that is held, however many others come', async () => {
    const lanes = new SessionLanes();
    const held = await hold(lanes, 'held');
    for (let index = 0; index < FULL + 10; index++) lanes.release(await hold(lanes, `s${index}`));
    lanes.release(held);
    assert.equal(await hold(lanes, 'held'), held);
  });

  it('gives a bundle one group per session when there are as many lanes as are kept', async () => {
    const lanes = new SessionLanes();
    for (let index = 0; index < FULL - 1; index++) lanes.release(await hold(lanes, `s${index}`));
    const groups = await lanes.reserve(['a', 'b', 'a'].map((session) => entryOf(session)));
    assert.deepEqual(
      groups.map(({ lane, entries }) => [lane.sessionId, entries.length]),
      [
        ['a', 2],
        ['b', 1],
      ],
    );
  });

  it('keeps nothing of the requests that its lanes came with', () => {
    const lanes = new SessionLanes();
    const before = liveBytes();
    for (let index = 0; index < 200; index++) {
      const text = JSON.stringify(
        newEvent({ session_id: `a-session-of-its-own-${index}`, input: 'x'.repeat(500_000) }),
      );
      const posted = postedEvent.parse(parseJson(text));
      lanes.push(newEntry(posted));
      for (const { lane } of lanes.take({ eventsPerTransaction: 1, bytesPerTransaction: 1e6 })) lanes.release(lane);
    }
    assert.ok(liveBytes() - before < 10_000_000, 'of 100 MB');
    assert.equal(lanes.hasReady, false);
  });

  it('lets a bundle wait for what came before it, and what comes after it wait for the bundle', async () => {
    const lanes = new SessionLanes();
    const [before, after] = [entryOf('a'), entryOf('a')];
    lanes.push(before);
    let held = false;
    const bundle = lanes.reserve([entryOf('a'), entryOf('b')]).then((groups) => {
      held = true;
      return groups;
    });
    lanes.push(after);
    const [first] = lanes.take({ eventsPerTransaction: 10, bytesPerTransaction: 1000 });
    assert.deepEqual(first?.entries, [before]);
    assert.equal(held, false);
    lanes.release(first.lane);
    for (const { lane } of await bundle) lanes.release(lane);
    assert.deepEqual(lanes.take({ eventsPerTransaction: 10, bytesPerTransaction: 1000 })[0]?.entries, [after]);
  });

  it('lets bundles of the same sessions in any order have their turns', async () => {
    const lanes = new SessionLanes();
    const done: string[] = [];
    const bundle = async (...sessions: string[]) => {
      for (const { lane } of await lanes.reserve(sessions.map((session) => entryOf(session)))) lanes.release(lane);
      done.push(sessions.join(''));
    };
    await Promise.all([bundle('a', 'b'), bundle('b', 'a'), bundle('b'), bundle('a', 'c'), bundle('c', 'b', 'a')]);
    assert.equal(done.length, 5);
  });

  it('shares a transaction among agents, and leaves to the others what one does not need', () => {
    const lanes = new SessionLanes();
    for (let index = 0; index < 100; index++) lanes.push(entryOf(`flood-${index % 7}`, 'flooding'));
    for (let index = 0; index < 20; index++) lanes.push(entryOf('busy', 'busy'));
    lanes.push(entryOf('calm', 'calm'));
    assert.deepEqual(takeOf(lanes, 31), { flooding: 16, busy: 14, calm: 1 });
    assert.deepEqual(takeOf(lanes, 40), { flooding: 34, busy: 6 });
    assert.deepEqual(takeOf(lanes, 40), { flooding: 40 });
  });

  it('leaves whole sessions to the next transaction, a larger one only once', () => {
    const lanes = new SessionLanes();
    for (const [agent, events] of Object.entries({ a: 10, b: 90, c: 10, d: 10, e: 20 })) {
      for (let index = 0; index < events; index++) lanes.push(entryOf('of-its-own', agent));
    }
    assert.deepEqual(takeOf(lanes, 100, 30), { a: 10, c: 10, d: 10 });
    assert.deepEqual(takeOf(lanes, 100, 30), { b: 90 }, 'whoever is first is served');
    assert.deepEqual(takeOf(lanes, 100, 30), { e: 20 });
  });

  it('serves first who came away empty-handed, whatever else is ready again', () => {
    const lanes = new SessionLanes();
    const agents = Array.from({ length: 10 }, (_, index) => `agent-${index}`);
    for (const agent of agents) for (let index = 0; index < 10; index++) lanes.push(entryOf(`s${index}`, agent));
    const served = [1, 2, 3, 4, 5].flatMap(() => Object.keys(takeOf(lanes, 2)));
    assert.deepEqual(served.sort(), agents);
  });

  it('takes turns between lanes that travel alone and the others', () => {
    const lanes = new SessionLanes();
    for (const name of ['a', 'b', 'c']) for (let count = 0; count < 3; count++) lanes.push(entryOf(name, name));
    const served = Array.from({ length: 6 }, () => {
      const [group] = lanes.take({ eventsPerTransaction: 1, bytesPerTransaction: 1000 });
      if (!group) return undefined;
      group.lane.caution = 'alone';
      lanes.release(group.lane);
      return group.lane.sessionId;
    });
    assert.deepEqual(served, ['a', 'a', 'b', 'a', 'c', 'b']);
  });
});

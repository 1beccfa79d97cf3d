import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { postedEvent } from '../../../core/index.js';
import { recordBundle } from '../../../gateway/intake/bundle.js';
import { createEntry } from '../../../gateway/intake/entry.js';
import type { Entry } from '../../../gateway/intake/entry.js';
import { SessionLanes } from '../../../gateway/intake/lanes.js';
import { ReceiptReader } from '../../../gateway/intake/receipt-reader.js';
import type { AuditLedger } from '../../../gateway/ledger/audit-ledger.js';
import { newEvent } from '../../support/events.js';

const FULL = 10_000;

function entryOf(sessionId: string): Entry {
  const posted = postedEvent.parse(newEvent({ session_id: sessionId }));
  const draft = { kind: 'plain' as const, posted, bytes: 1, pointer: '' };
  return createEntry({ draft, submittedBy: undefined, idempotency: undefined, bundle: 1 }).entry;
}

describe('the lanes of sessions', () => {
  it('holds a lane for one at a time', async () => {
    const lanes = new SessionLanes();
    const lane = await lanes.reserve(entryOf('a'));
    let second = false;
    const waiting = lanes.reserve(entryOf('a')).then(() => (second = true));
    await Promise.resolve();
    assert.equal(second, false);
    lanes.release(lane);
    await waiting;
    assert.equal(second, true);
  });

  it('never forgets a lane that is held, however many others come', async () => {
    const lanes = new SessionLanes();
    const held = await lanes.reserve(entryOf('held'));
    for (let index = 0; index < FULL + 10; index++) lanes.release(await lanes.reserve(entryOf(`s${index}`)));
    lanes.release(held);
    assert.equal(await lanes.reserve(entryOf('held')), held);
  });

  it('gives a bundle one group per session when there are as many lanes as are kept', async () => {
    const lanes = new SessionLanes();
    for (let index = 0; index < FULL - 1; index++) lanes.release(await lanes.reserve(entryOf(`s${index}`)));
    const entries = ['a', 'b', 'a'].map(entryOf);
    const sessions: string[] = [];
    const stopped = new AbortController();
    const runner = {
      attempt: (groups: readonly { lane: { sessionId: string } }[]) => {
        sessions.push(...groups.map(({ lane }) => lane.sessionId));
        stopped.abort();
        return Promise.resolve({ kind: 'unknown' as const });
      },
    };
    const ledger = {} as AuditLedger; // nothing gets so far as to ask it
    const parts = { lanes, runner, ledger, receipts: new ReceiptReader(ledger), giveUpMs: 1, settle: () => undefined };
    await recordBundle(entries, { ...parts, stopped: stopped.signal });
    assert.deepEqual(sessions, ['a', 'b']);
  });
});

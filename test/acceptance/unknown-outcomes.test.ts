import assert from 'node:assert/strict';
import { setTimeout } from 'node:timers/promises';
import { describe, it } from 'mocha';
import { AuditError } from '../../core/index.js';
import { resolveConfig } from '../../gateway/config.js';
import { readConnectionProfile } from '../../gateway/fabric/connection-profile.js';
import { openFabricLedger } from '../../gateway/fabric/fabric-ledger.js';
import { SCOPES } from '../../gateway/http/tokens.js';
import { startOnLedger } from '../../gateway/index.js';
import type { RunningGateway } from '../../gateway/index.js';
import type { AuditLedger, EndorsedRecording } from '../../gateway/ledger/audit-ledger.js';
import { Api } from '../support/api.js';
import { useGateways, writeTokens } from '../support/consortium.js';
import { interceptRecordings } from '../support/intercept-recordings.js';
import { chainOf, newEvent, newSession } from '../support/events.js';

/** What goes wrong with the next transactions of a real ledger. */
type Mishap = 'answer lost' | 'never sent' | 'not endorsed' | 'late';
/** How long a late one takes to be submitted. */
const LATE_MS = 3000;

describe('transactions whose outcome is not seen', function () {
  this.timeout(60_000);
  const gateways = useGateways();

  async function withMishaps(mishaps: Mishap[], body: (api: Api) => Promise<void>, answerMs = 20_000): Promise<void> {
    const { consortium } = gateways();
    const config = resolveConfig({
      ...consortium.config('operator', `mishaps-${Math.random()}`),
      timeouts: { answerMs, giveUpMs: 15_000 },
    });
    const [token] = writeTokens(config.tokensFile ?? '', [{ subject: 'op', agents: '*', scopes: SCOPES }]);
    const ledger = openFabricLedger(await readConnectionProfile(config.profile), config);
    const gateway: RunningGateway = await startOnLedger(config, unlucky(ledger, mishaps));
    try {
      await body(new Api(gateway.url, token));
      assert.deepEqual(mishaps, [], 'not every mishap happened');
    } finally {
      await gateway.close();
    }
  }

  async function countIn(sessionId: string): Promise<number> {
    const path = (await gateways().operator.read(`/v1/sessions/${chainOf(sessionId)}`)) as {
      summary: { events: number };
      chains: { intact: boolean }[];
    };
    assert.ok(path.chains.every(({ intact }) => intact));
    return path.summary.events;
  }

  it('finds the transaction that was committed, and does not send it again', async () => {
    await withMishaps(['answer lost'], async (api) => {
      const session_id = newSession();
      const receipt = await api.record(newEvent({ session_id }));
      assert.ok(receipt.block_number > 0);
      assert.equal(await countIn(session_id), 1);
    });
  });

  it('sends the same seals again where the transaction never arrived', async () => {
    await withMishaps(['never sent'], async (api) => {
      const session_id = newSession();
      const { locator } = await api.record(newEvent({ session_id }));
      assert.match(locator, /~1$/);
      assert.equal(await countIn(session_id), 1);
    });
  });

  it('tries again what was not endorsed', async () => {
    await withMishaps(['not endorsed', 'not endorsed'], async (api) => {
      const session_id = newSession();
      await api.record(newEvent({ session_id }));
      assert.equal(await countIn(session_id), 1);
    });
  });

  it('keeps order and number under a run of mishaps with many posts', async () => {
    await withMishaps(['answer lost', 'not endorsed', 'never sent', 'answer lost'], async (api) => {
      const session_id = newSession();
      const posts = Array.from({ length: 60 }, (_, n) =>
        api.record(newEvent({ session_id, event_id: `${session_id}-${n}` })),
      );
      const receipts = await Promise.all(posts);
      assert.equal(new Set(receipts.map(({ locator }) => locator)).size, 60);
      assert.equal(await countIn(session_id), 60);
    });
  });

  it('keeps an atomic batch whole through an unknown outcome', async () => {
    await withMishaps(['never sent', 'answer lost'], async (api) => {
      const sessions = [newSession(), newSession()];
      const answer = await api.post('/v1/events?atomic=true', {
        events: sessions.map((session_id) => newEvent({ session_id })),
      });
      assert.equal(answer.status, 200, answer.text);
      for (const session of sessions) assert.equal(await countIn(session), 1);
    });
  });

  it('says in a batch what is known in time, each in its place, and records the rest all the same', async () => {
    const [busy, free] = [newSession(), newSession()];
    const inBatch = async (api: Api) => {
      const first = api.post('/v1/events', newEvent({ session_id: busy }));
      await setTimeout(500); // It is on its way, so that what follows it in its session waits.
      const events = [busy, free, busy].map((session_id) => newEvent({ session_id }));
      const batch = await api.post('/v1/events', { events });
      assert.deepEqual(
        (batch.json() as { results: { status: string }[] }).results.map(({ status }) => status),
        ['unknown', 'recorded', 'unknown'],
      );
      assert.equal((await first).status, 504);
    };
    await withMishaps(['late'], inBatch, LATE_MS / 3);
    assert.deepEqual([await countIn(busy), await countIn(free)], [3, 1]);
  });

  it('says unknown when it takes too long, and records it all the same', async () => {
    const { consortium, operator } = gateways();
    const slow = await consortium.startGateway('operator', 'slow', { timeouts: { answerMs: 1 } });
    const event = newEvent({ event_id: `late-${newSession()}` });
    const late = await slow.post('/v1/events', event);
    assert.equal(late.status, 504);
    assert.equal(late.problem.outcome, 'unknown');
    await consortium.stopGateway('slow');
    const repeat = await operator.post('/v1/events', event);
    assert.equal(repeat.status, 200, repeat.text);
  });
});

/** The real ledger, on whose way each transaction meets the next mishap. */
function unlucky(ledger: AuditLedger, mishaps: Mishap[]): AuditLedger {
  return interceptRecordings(ledger, (recording) => {
    const mishap = mishaps.shift();
    if (mishap === 'not endorsed') throw new AuditError('LEDGER_UNAVAILABLE', 'made up');
    return mishap === undefined ? recording : { ...recording, commit: () => failToCommit(recording, mishap) };
  });
}

async function failToCommit(recording: EndorsedRecording, mishap: Mishap): Promise<never> {
  if (mishap === 'late') await setTimeout(LATE_MS);
  if (mishap === 'answer lost' || mishap === 'late') await recording.commit();
  throw new AuditError('OUTCOME_UNKNOWN', 'made up');
}

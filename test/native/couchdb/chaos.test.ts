import assert from 'node:assert/strict';
import { after, before, describe, it } from 'mocha';
import type { StoredEvent } from '../../../gateway/routes/stored-event.js';
import { status, up } from '../../../network/native/index.js';
import { findingsWhenLevel } from '../../support/network-under-test.js';
import { Load } from '../load.js';
import { useNativeNetwork } from '../network.js';

const SESSIONS = 4;

describe('peers with CouchDB, which is killed under load', function () {
  this.timeout(180_000);
  const native = useNativeNetwork(undefined, 'own');
  let load: Load;
  before(async () => {
    load = new Load(native().apis.operator, SESSIONS);
    await load.untilAcknowledging();
  });
  after(() => load.stop());

  for (const peer of ['peer0.partner.example', 'peer0.operator.example']) {
    it(`go on when the one of ${peer} is back`, async function () {
      const { options } = native();
      const killed = Date.now();
      const name = `couchdb.${peer}`;
      const { pid } = status(options.dir).find((one) => one.name === name) ?? assert.fail(`there is no ${name}`);
      process.kill(-(pid ?? assert.fail(`${name} does not run`)), 'SIGKILL');
      await up(options);
      const upMs = Date.now() - killed;
      await load.untilAcknowledging();
      const allMs = Date.now() - killed;
      if (this.test)
        this.test.title += ` (up again after ${seconds(upMs)}; after ${seconds(allMs)} all sessions went on)`;
    });
  }

  it('have every acknowledged event once at every organization, and find it by a rich query', async () => {
    await load.stop();
    assert.deepEqual(await findingsWhenLevel(native().options), []);
    const { operator, partner, auditor } = native().apis;
    for (const { sessionId, acknowledged } of load.posters) {
      const expected = [...acknowledged.values()].map(({ locator }) => locator).sort();
      assert.ok(expected.length > 0);
      for (const api of [operator, partner, auditor]) {
        const found: string[] = [];
        for (let query = `session_id=${sessionId}&limit=1000`; query !== '';) {
          const page = (await api.read(`/v1/events?${query}`)) as { events: StoredEvent[]; next_cursor?: string };
          found.push(...page.events.map(({ locator }) => locator));
          query = page.next_cursor === undefined ? '' : `session_id=${sessionId}&limit=1000&cursor=${page.next_cursor}`;
        }
        assert.deepEqual(found.sort(), expected);
      }
    }
  });
});

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

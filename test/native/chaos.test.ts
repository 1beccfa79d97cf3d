import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { after, before, describe, it } from 'mocha';
import { formatSession } from '../../core/index.js';
import type { StoredEvent } from '../../gateway/routes/stored-event.js';
import { status, up, verify } from '../../network/native/index.js';
import { openLayout } from '../../network/native/settings.js';
import type { Api } from '../support/api.js';
import { Stream } from '../support/stream.js';
import { Load } from './load.js';
import { useNativeNetwork } from './network.js';

const SESSIONS = 4;

interface DecisionPath {
  events: StoredEvent[];
  gaps: unknown[];
  chains: { intact: boolean }[];
}

/** What the gateway's organization can do without: nothing of its own where it has a single peer. */
for (const operatorPeers of [2, 1]) {
  describe(`a network whose processes are killed under load, ${operatorPeers} peers at the gateway's organization`, function () {
    this.timeout(180_000);
    chaos(operatorPeers);
  });
}

function chaos(operatorPeers: number): void {
  const native = useNativeNetwork(({ organizations, ordering, ...rest }) => ({
    ...rest,
    ordering: { ...ordering, orderers: 3 },
    organizations: organizations.map((one) => ({ ...one, peers: one.name === 'operator' ? operatorPeers : 1 })),
  }));
  let load: Load;
  let ended = false;
  const streamed: string[] = [];
  before(async () => {
    void collect(await Stream.open(native().apis.operator, 'agent_id=support-bot'));
    load = new Load(native().apis.operator, SESSIONS);
    await load.untilAcknowledging();
  });
  after(async () => {
    ended = true;
    await load.stop();
  });

  /** As a client does: where the stream ends it comes back behind the last event that it has seen. */
  async function collect(first: Stream): Promise<void> {
    let last: string | undefined;
    for (let stream: Stream | undefined = first; !ended;) {
      try {
        stream ??= await Stream.open(native().apis.operator, 'agent_id=support-bot', last);
        const [message] = await stream.take(1);
        if (message) streamed.push(message.event.locator);
        last = message?.id;
      } catch {
        stream = undefined;
        await delay(200);
      }
    }
  }

  /** As the machine would do it: no time to say goodbye. The network is then made whole again. */
  async function survive(name: string, andThen: (folder: string) => void, canGoOn: boolean): Promise<string> {
    const { options } = native();
    const { pid, folder } = status(options.dir).find((one) => one.name === name) ?? assert.fail(`there is no ${name}`);
    process.kill(-(pid ?? assert.fail(`${name} does not run`)), 'SIGKILL');
    andThen(folder);
    if (!canGoOn) {
      const killedAt = Date.now();
      await up(options);
      await load.untilAcknowledging();
      return `${seconds(Date.now() - killedAt)} after the kill it was started again and all sessions had gone on`;
    }
    const withoutMs = await load.untilAcknowledging();
    await up(options);
    const withMs = await load.untilAcknowledging();
    return `${seconds(withoutMs)} after the kill all sessions went on; ${seconds(withMs)} when it was back`;
  }

  const report = (
    title: string,
    name: () => string | Promise<string>,
    { andThen = () => undefined, canGoOn = true }: { andThen?: (folder: string) => void; canGoOn?: boolean } = {},
  ): void => {
    it(title, async function () {
      const result = await survive(await name(), andThen, canGoOn);
      if (this.test) this.test.title += ` (${result})`;
    });
  };

  const ownCanGoOn = { canGoOn: operatorPeers > 1 };
  const without = ownCanGoOn.canGoOn ? 'goes on without' : 'goes on after the loss of';
  report(`${without} a peer of the gateway's own organization`, () => 'peer0.operator.example', ownCanGoOn);
  report('goes on without a peer of another organization', () => 'peer0.partner.example');
  report('goes on without the leader of the orderers', findLeader);
  report('goes on without a chaincode service', () => 'chaincode of peer0.auditor.example');
  report(
    `${without} the chaincode service of the gateway's own peer`,
    () => `chaincode of peer${operatorPeers - 1}.operator.example`,
    ownCanGoOn,
  );
  report(
    'goes on without a peer that has lost its disk, and that reads the chain anew',
    () => 'peer0.auditor.example',
    { andThen: (folder) => rmSync(path.join(folder, 'data'), { recursive: true }) },
  );

  it('has every acknowledged event once, in intact chains, at every organization', async () => {
    await load.stop();
    const { operator, partner, auditor } = native().apis;
    await untilLevel();
    for (const poster of load.posters) {
      const acknowledged = [...poster.acknowledged].map(([id, { locator, hash }]) => [id, locator, hash]).sort();
      assert.ok(acknowledged.length > 0);
      for (const api of [operator, partner, auditor]) {
        const { events, chains, gaps } = await readSession(api, poster.sessionId);
        assert.ok(chains.every(({ intact }) => intact));
        assert.deepEqual(gaps, []);
        const kept = events.map(({ event, locator, hash }) => [event.event_id, locator, hash]).sort();
        assert.deepEqual(kept, acknowledged);
      }
    }
  });

  it('has sent each of them once to a reader who comes back where a stream ends', async () => {
    const acknowledged = load.posters.flatMap((poster) => [...poster.acknowledged.values()]);
    while (streamed.length < acknowledged.length) await delay(50);
    assert.deepEqual(streamed.sort(), acknowledged.map(({ locator }) => locator).sort());
  });

  it('has the same chain at every peer', async () => {
    const { heights, findings } = await verify(native().options);
    assert.deepEqual(findings, []);
    assert.equal(Object.keys(heights).length, 2 + operatorPeers);
    assert.equal(new Set(Object.values(heights)).size, 1);
  });

  async function findLeader(): Promise<string> {
    const { dir, definition } = native().options;
    for (const { name, operationsPort } of openLayout(dir, definition).orderers) {
      const metrics = await (await fetch(`http://127.0.0.1:${operationsPort}/metrics`)).text();
      if (/^consensus_etcdraft_is_leader\{[^}]*\} 1$/m.test(metrics)) return name;
    }
    return assert.fail('no orderer leads');
  }

  /** Peers that were away catch up. */
  async function untilLevel(): Promise<void> {
    for (;;) {
      const { heights } = await verify(native().options);
      if (new Set(Object.values(heights)).size === 1) return;
      await delay(200);
    }
  }
}

async function readSession(api: Api, session_id: string): Promise<DecisionPath> {
  const session = formatSession({ owner: 'OperatorMSP', agent_id: 'support-bot', session_id });
  const path: DecisionPath = { events: [], gaps: [], chains: [] };
  for (let query = '?limit=1000'; query !== '';) {
    const page = (await api.read(`/v1/sessions/${session}${query}`)) as DecisionPath & { next_cursor?: string };
    path.events.push(...page.events);
    path.gaps.push(...page.gaps);
    path.chains.push(...page.chains);
    query = page.next_cursor === undefined ? '' : `?limit=1000&cursor=${page.next_cursor}`;
  }
  return path;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

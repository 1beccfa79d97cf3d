import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, it } from 'mocha';
import { SCOPES } from '../../gateway/http/tokens.js';
import type { Receipt } from '../../gateway/intake/receipt.js';
import { Api } from '../support/api.js';
import { useGateways, writeTokens } from '../support/consortium.js';
import { chainOf, newEvent, newSession } from '../support/events.js';

const program = fileURLToPath(new URL('../../scripts/gateway.js', import.meta.url));

describe('a gateway that is killed', function () {
  this.timeout(120_000);
  const gateways = useGateways();
  const children: ChildProcess[] = [];

  async function start(name: string, token?: string): Promise<{ api: Api; child: ChildProcess }> {
    const { tokensFile, profile, dataDir } = gateways().consortium.config('operator', name);
    const secret = token ?? writeTokens(tokensFile, [{ subject: 'op', agents: '*', scopes: SCOPES }])[0];
    const env = {
      ...process.env,
      GATEWAY_PORT: '0',
      GATEWAY_PROFILE: profile,
      GATEWAY_DATA_DIR: dataDir,
      GATEWAY_TOKENS: tokensFile,
      GATEWAY_LOG_LEVEL: 'error',
    };
    const child = spawn(process.execPath, [program], { env, stdio: ['ignore', 'pipe', 'ignore'] });
    children.push(child);
    const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
    const [url = ''] = /http\S+$/.exec(line) ?? [];
    return { api: new Api(url, secret), child };
  }

  afterEach(async () => {
    for (const child of children.splice(0)) await end(child, 'SIGKILL');
  });

  it('loses and doubles nothing that it acknowledged, whenever it dies', async () => {
    const { operator } = gateways();
    let run = await start('killed');
    for (let round = 0; round < 4; round++) {
      const session_id = newSession();
      const acknowledged: Receipt[] = [];
      const posts = Array.from({ length: 200 }, async (_, index) => {
        const key = { 'Idempotency-Key': `${session_id}-${index}` };
        const answer = await run.api.post('/v1/events', keyed(session_id, index), key).catch(() => undefined);
        if (answer?.status === 201) acknowledged.push(answer.json() as Receipt);
      });
      await Promise.race([Promise.all(posts), delay(30 + round * 60)]);
      await end(run.child, 'SIGKILL');
      await Promise.all(posts);
      run = await start('killed', run.api.token);
      const repeated = await Promise.all(
        Array.from({ length: 200 }, (_, index) =>
          run.api.post('/v1/events', keyed(session_id, index), { 'Idempotency-Key': `${session_id}-${index}` }),
        ),
      );
      const locators = repeated.map((answer) => (answer.json() as Receipt).locator);
      assert.equal(new Set(locators).size, 200, repeated.find(({ status }) => status > 201)?.text);
      for (const { locator } of acknowledged) assert.ok(locators.includes(locator));
      const path = (await operator.read(`/v1/sessions/${chainOf(session_id)}`)) as {
        chains: { events: number; intact: boolean }[];
      };
      assert.deepEqual(
        path.chains.map(({ events, intact }) => [events, intact]),
        [[200, true]],
      );
    }
  });

  it('gives the first answer to an idempotency key after a clean restart', async () => {
    const first = await start('restarted');
    const event = newEvent();
    const receipt = await first.api.record(event, { 'Idempotency-Key': 'again' });
    await end(first.child, 'SIGTERM');
    const second = await start('restarted', first.api.token);
    const repeat = await second.api.post('/v1/events', event, { 'Idempotency-Key': 'again' });
    assert.equal(repeat.status, 200);
    assert.deepEqual({ ...(repeat.json() as Receipt), status: 'recorded' }, receipt);
    const other = await second.api.post('/v1/events', newEvent(), { 'Idempotency-Key': 'again' });
    assert.equal(other.problem.code, 'IDEMPOTENCY_CONFLICT');
  });

  it('finishes what it accepted before it ends', async () => {
    const { operator } = gateways();
    const { api, child } = await start('ended');
    const session_id = newSession();
    const posts = Array.from({ length: 100 }, () =>
      api.post('/v1/events', newEvent({ session_id })).catch(() => undefined),
    );
    await delay(40);
    await end(child, 'SIGTERM');
    const recorded = (await Promise.all(posts)).filter((answer) => answer?.status === 201).length;
    const path = await operator.get(`/v1/sessions/${chainOf(session_id)}`);
    const events = path.status === 404 ? 0 : (path.json() as { summary: { events: number } }).summary.events;
    assert.equal(events, recorded);
  });

  it('loses nothing when its clients go away', async () => {
    const { operator } = gateways();
    const session_id = newSession();
    const leaving = new AbortController();
    const posts = Array.from({ length: 20 }, () =>
      fetch(`${operator.url}/v1/events`, {
        method: 'POST',
        headers: { authorization: `Bearer ${operator.token ?? ''}`, 'content-type': 'application/json' },
        body: JSON.stringify(newEvent({ session_id })),
        signal: leaving.signal,
      }).catch(() => undefined),
    );
    await delay(25);
    leaving.abort();
    await Promise.all(posts);
    await operator.record(newEvent({ session_id }));
    const path = (await operator.read(`/v1/sessions/${chainOf(session_id)}`)) as { chains: { intact: boolean }[] };
    assert.deepEqual(
      path.chains.map(({ intact }) => intact),
      [true],
    );
  });
});

function keyed(session_id: string, input: number) {
  return newEvent({ session_id, input, timestamp: '2026-11-01T00:00:00Z', output: 'same' });
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill(signal);
  await exited;
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

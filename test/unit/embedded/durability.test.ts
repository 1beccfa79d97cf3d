import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { rmSync, statSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { checkLedger } from '../../support/check-ledger.js';
import {
  connectClient,
  newDataDir,
  startProbeNetwork,
  stopProbeNetwork,
  text,
  type ProbeClient,
} from '../../support/probe-network.js';

const PROCESS = fileURLToPath(new URL('../../support/probe-process.js', import.meta.url));

describe('embedded network: what was acknowledged stays', () => {
  let dataDir: string;
  beforeEach(() => {
    dataDir = newDataDir();
  });
  afterEach(async () => {
    await checkLedger(dataDir);
    rmSync(dataDir, { recursive: true });
  });

  it('over a restart: state, private data, history, identities', async function () {
    this.timeout(30_000);
    const first = await startProbeNetwork(dataDir);
    await first.operator.contract.submitTransaction('Put', 'kept', 'value');
    await first.operator.contract.submit('PutPrivate', { arguments: ['secret'], transientData: { value: 'hidden' } });
    const { credentials } = first.operator.identity;
    await stopProbeNetwork(first);

    const second = await startProbeNetwork(dataDir);
    assert.deepEqual(second.operator.identity.credentials, credentials);
    assert.equal(text(await second.partner.contract.evaluateTransaction('Get', 'kept')), 'value');
    assert.equal(text(await second.partner.contract.evaluateTransaction('GetPrivate', 'secret')), 'hidden');
    assert.equal(
      (JSON.parse(text(await second.auditor.contract.evaluateTransaction('History', 'kept'))) as []).length,
      1,
    );
    await stopProbeNetwork(second);
  });

  it('commits what it has taken before it closes', async function () {
    this.timeout(30_000);
    const first = await startProbeNetwork(dataDir);
    const taken = Array.from({ length: 20 }, (_, index) => `taken-${index}`);
    await Promise.all(taken.map((key) => first.operator.contract.submitAsync('Put', { arguments: [key, '1'] })));
    await stopProbeNetwork(first);

    const second = await startProbeNetwork(dataDir);
    for (const key of taken) assert.equal(text(await second.operator.contract.evaluateTransaction('Get', key)), '1');
    await stopProbeNetwork(second);
  });

  it('over kill -9 under load', async function () {
    this.timeout(60_000);
    const acknowledged: string[] = [];
    for (let round = 0; round < 3; round++) {
      const { child, client } = await startProcess(dataDir);
      const work = submitUntilKilled(client, `round-${round}`, acknowledged);
      while (acknowledged.length < (round + 1) * 20) await new Promise((resolve) => setTimeout(resolve, 5));
      child.kill('SIGKILL');
      await once(child, 'exit');
      await work;
      client.close();
    }
    const network = await startProbeNetwork(dataDir);
    for (const key of acknowledged) {
      assert.equal(text(await network.operator.contract.evaluateTransaction('Get', key)), 'committed', key);
    }
    await stopProbeNetwork(network);
  });

  it('lets nobody else read its keys', async function () {
    this.timeout(30_000);
    const network = await startProbeNetwork(dataDir);
    const profile = network.network.profiles['operator'] ?? '';
    for (const file of [profile, profile.replace('connection.json', 'client-key.pem')]) {
      assert.equal(statSync(file).mode & 0o777, 0o600);
    }
    assert.equal(statSync(dataDir).mode & 0o777, 0o700);
    await stopProbeNetwork(network);
  });
});

async function startProcess(dataDir: string): Promise<{ child: ChildProcess; client: ProbeClient }> {
  const child = spawn(process.execPath, [PROCESS, dataDir], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  const { operator = '' } = z.record(z.string(), z.string()).parse(JSON.parse(line));
  return { child, client: connectClient(operator) };
}

/** Several at once; whatever was acknowledged before the process dies goes on the list. */
async function submitUntilKilled({ contract }: ProbeClient, prefix: string, acknowledged: string[]): Promise<void> {
  const worker = async (name: number): Promise<void> => {
    for (let count = 0; ; count++) {
      const key = `${prefix}-${name}-${count}`;
      await contract.submitTransaction('Put', key, 'committed');
      acknowledged.push(key);
    }
  };
  await Promise.allSettled([0, 1, 2, 3].map(worker));
}

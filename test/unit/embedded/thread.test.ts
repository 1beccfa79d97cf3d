import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { startNetworkThread } from '../../../network/embedded/thread/index.js';
import { checkLedger } from '../../support/check-ledger.js';
import { connectClient, newDataDir, PROBE_CHAINCODE, text } from '../../support/probe-network.js';

describe('embedded network: in a thread of its own', function () {
  this.timeout(30_000);
  let dataDir: string;
  beforeEach(() => {
    dataDir = newDataDir();
  });
  afterEach(async () => {
    await checkLedger(dataDir);
    rmSync(dataDir, { recursive: true });
  });

  function start(onFailure: (error: Error) => void) {
    return startNetworkThread({ dataDir, chaincodePackageDir: PROBE_CHAINCODE, onFailure });
  }

  it('serves, and commits what it has taken before it closes', async () => {
    const failures: Error[] = [];
    const network = await start((error) => failures.push(error));
    const client = connectClient(network.profiles['operator'] ?? '');
    await client.contract.submitTransaction('Put', 'first', '1');
    await client.contract.submitAsync('Put', { arguments: ['second', '2'] });
    client.close();
    await network.close();

    const again = await start((error) => failures.push(error));
    const reader = connectClient(again.profiles['auditor'] ?? '');
    assert.equal(text(await reader.contract.evaluateTransaction('Get', 'first')), '1');
    assert.equal(text(await reader.contract.evaluateTransaction('Get', 'second')), '2');
    reader.close();
    await again.close();
    assert.deepEqual(failures, []);
  });

  it('tells its starter of a fault that ends it, and serves nobody after that', async () => {
    let client: ReturnType<typeof connectClient> | undefined;
    const failure = await new Promise<Error>((resolve, reject) => {
      start(resolve)
        .then(async ({ profiles }) => {
          client = connectClient(profiles['operator'] ?? '');
          await client.contract.submitTransaction('Put', 'kept', '1');
          await assert.rejects(client.contract.submitTransaction('Crash'));
        })
        .catch(reject);
    });
    assert.match(failure.message, /the probe has crashed/);
    await assert.rejects(client?.contract.evaluateTransaction('Get', 'kept') ?? Promise.resolve());
    client?.close();
  });

  it('refuses to start on a ledger in use, in the words of the ledger', async () => {
    const network = await start(() => undefined);
    await assert.rejects(
      start(() => undefined),
      /another process has the ledger open/,
    );
    await network.close();
  });
});

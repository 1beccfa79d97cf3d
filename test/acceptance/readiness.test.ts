import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { after, before, describe, it } from 'mocha';
import { AuditError } from '../../core/index.js';
import { resolveConfig } from '../../gateway/config.js';
import { readConnectionProfile } from '../../gateway/fabric/connection-profile.js';
import { openFabricLedger } from '../../gateway/fabric/fabric-ledger.js';
import { SCOPES } from '../../gateway/http/tokens.js';
import { startOnLedger } from '../../gateway/index.js';
import type { RunningGateway } from '../../gateway/index.js';
import { Api } from '../support/api.js';
import { useGateways, writeTokens } from '../support/consortium.js';
import { newEvent } from '../support/events.js';
import { interceptRecordings } from '../support/intercept-recordings.js';

/** What does not work while everything can still be read. */
type Fault = 'none' | 'endorsing' | 'ordering';

describe('/readyz', function () {
  this.timeout(60_000);
  const gateways = useGateways();
  let gateway: RunningGateway;
  let api: Api;
  let fault: Fault = 'none';

  before(async () => {
    const config = resolveConfig({
      ...gateways().consortium.config('operator', 'readiness'),
      timeouts: { giveUpMs: 2000 },
    });
    const [token] = writeTokens(config.tokensFile ?? '', [{ subject: 'op', agents: '*', scopes: SCOPES }]);
    const real = openFabricLedger(await readConnectionProfile(config.profile), config);
    const faulty = interceptRecordings(real, (recording) => {
      if (fault === 'endorsing') throw new AuditError('ENDORSEMENT_FAILED', 'made up');
      if (fault === 'none') return recording;
      return { ...recording, commit: () => Promise.reject(new AuditError('OUTCOME_UNKNOWN', 'made up')) };
    });
    gateway = await startOnLedger(config, faulty);
    api = new Api(gateway.url, token);
  });
  after(() => gateway.close());

  async function untilStatus(status: number): Promise<void> {
    while ((await fetch(`${gateway.url}/readyz`)).status !== status) await delay(50);
  }

  it('says no while what is posted is not ordered, though all can be read, and yes when it is again', async () => {
    await api.record(newEvent());
    await untilStatus(200);
    fault = 'ordering';
    const posted = api.record(newEvent());
    await untilStatus(503);
    await api.read('/v1/ledger');
    fault = 'none';
    await posted;
    assert.equal((await fetch(`${gateway.url}/readyz`)).status, 200);
  });

  it('says yes again after a failed endorsement without another post', async () => {
    fault = 'endorsing';
    const posted = api.post('/v1/events', newEvent());
    await untilStatus(503);
    assert.equal((await posted).problem.code, 'ENDORSEMENT_FAILED');
    fault = 'none';
    await untilStatus(200);
  });
});

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'mocha';
import { down, status, up, verify } from '../../network/native/index.js';
import { withBft } from '../support/native-options.js';
import { Load } from './load.js';
import { useNativeNetwork } from './network.js';

describe('a network with Byzantine fault tolerant ordering', function () {
  this.timeout(180_000);
  const native = useNativeNetwork(withBft);
  let load: Load;
  before(() => {
    load = new Load(native().apis.operator, 2);
  });
  after(() => load.stop());

  it('records what is posted', async () => {
    await load.untilAcknowledging();
  });

  it('goes on without its first leader', async function () {
    const { options } = native();
    const leader = status(options.dir).find(({ name }) => name === 'orderer0.orderer.example');
    process.kill(-(leader?.pid ?? assert.fail('the orderer does not run')), 'SIGKILL');
    const ms = await load.untilAcknowledging();
    await up(options);
    await load.untilAcknowledging();
    if (this.test) this.test.title += ` (${(ms / 1000).toFixed(1)} s after the kill all sessions went on)`;
  });

  it('goes on after a stop and a start of everything', async function () {
    const { options } = native();
    await down(options.dir);
    await up(options);
    const ms = await load.untilAcknowledging();
    if (this.test) this.test.title += ` (${(ms / 1000).toFixed(1)} s after it was up all sessions had gone on)`;
  });

  it('has the same chain at every peer', async () => {
    await load.stop();
    const { findings } = await verify(native().options);
    assert.deepEqual(findings, []);
  });
});

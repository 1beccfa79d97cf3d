import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { it } from 'mocha';
import { soak } from '../soak/soak.js';
import type { SoakPlan } from '../soak/soak.js';
import { describeEmbedded } from '../support/network-under-test.js';

/** The short form of `npm run soak`: what it finds amiss it throws. */
describeEmbedded('a fleet of agents', function () {
  this.timeout(300_000);

  async function run(plan: SoakPlan) {
    const dataDir = mkdtempSync(path.join(tmpdir(), 'audit-fleet-'));
    try {
      return await soak(plan, dataDir);
    } finally {
      rmSync(dataDir, { recursive: true, force: true });
    }
  }

  it('loses, doubles and reorders nothing that was acknowledged, however often everything is killed', async () => {
    const { acknowledged } = await run({ agents: 30, events: 0, kills: 5 });
    assert.ok(acknowledged > 0);
  });

  it('of a thousand at once has every event recorded, each once', async () => {
    const found = await run({ agents: 1000, events: 3000, kills: 0 });
    assert.deepEqual(found, { acknowledged: 3000, unsureThere: 0, unsureMissing: 0 });
  });
});

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { findPrograms, reset, up } from '../../network/native/index.js';
import { conformanceDefinition, describeConformance } from '../conformance/suite.js';
import { PROBE_CHAINCODE } from '../support/probe-network.js';
import { freePorts } from './network.js';

describeConformance("Fabric's own processes", async () => {
  const dir = mkdtempSync(path.join(tmpdir(), 'conformance-'));
  const stop = async (): Promise<void> => {
    await reset(path.join(dir, 'network'));
    rmSync(dir, { recursive: true });
  };
  const options = {
    dir: path.join(dir, 'network'),
    definition: conformanceDefinition(),
    programs: findPrograms() ?? assert.fail("Fabric's programs are not here"),
    bundle: PROBE_CHAINCODE,
    basePort: await freePorts(),
  };
  try {
    const { profiles } = await up(options);
    return { profiles, stop };
  } catch (error) {
    // No process may outlive a network that did not come up.
    await stop();
    throw error;
  }
});

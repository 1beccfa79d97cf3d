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
  const { profiles } = await up({
    dir: path.join(dir, 'network'),
    definition: conformanceDefinition(),
    programs: findPrograms() ?? assert.fail("Fabric's programs are not here"),
    bundle: PROBE_CHAINCODE,
    basePort: await freePorts(),
  });
  return {
    profiles,
    stop: async () => {
      await reset(path.join(dir, 'network'));
      rmSync(dir, { recursive: true });
    },
  };
});

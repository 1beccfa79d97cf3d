import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { NETWORK, startNetworkUnderTest } from '../support/network-under-test.js';
import { PROBE_CHAINCODE } from '../support/probe-network.js';
import { conformanceDefinition, describeConformance } from './suite.js';

describeConformance(NETWORK, () =>
  startNetworkUnderTest({
    dir: mkdtempSync(path.join(tmpdir(), 'conformance-')),
    definition: conformanceDefinition(),
    bundle: PROBE_CHAINCODE,
  }),
);

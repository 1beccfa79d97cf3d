import { rmSync } from 'node:fs';
import { startEmbeddedNetwork } from '../../network/embedded/index.js';
import { checkLedger } from '../support/check-ledger.js';
import { newDataDir, PROBE_CHAINCODE } from '../support/probe-network.js';
import { conformanceDefinition, describeConformance } from './suite.js';

describeConformance('the embedded network', async () => {
  const dataDir = newDataDir();
  const definition = conformanceDefinition();
  const network = await startEmbeddedNetwork({
    dataDir,
    definition,
    chaincodePackageDir: PROBE_CHAINCODE,
    simulate: 'each',
    values: 'couchdb',
  });
  return {
    profiles: network.profiles,
    stop: async () => {
      await network.close();
      await checkLedger(dataDir, definition);
      rmSync(dataDir, { recursive: true });
    },
  };
});

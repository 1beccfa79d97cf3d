import { startEmbeddedNetwork } from '../../network/embedded/index.js';
import { PROBE_CHAINCODE } from './probe-network.js';

// A network in a process of its own, to be killed: says on standard output where its profiles are, then runs on.
const [dataDir = ''] = process.argv.slice(2);
const { profiles } = await startEmbeddedNetwork({ dataDir, chaincodePackageDir: PROBE_CHAINCODE });
process.stdout.write(`${JSON.stringify(profiles)}\n`);

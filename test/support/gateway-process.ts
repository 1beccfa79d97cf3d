import { readConfig, startGateway } from '../../gateway/index.js';

/** A gateway as a process of its own, which a test can kill: prints its URL when it listens. */
const gateway = await startGateway(readConfig(process.env));
process.stdout.write(`${gateway.url}\n`);
process.once('SIGTERM', () => void gateway.close());

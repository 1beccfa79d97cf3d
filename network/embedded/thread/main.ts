import { parentPort, workerData } from 'node:worker_threads';
import { startEmbeddedNetwork } from '../embedded-network.js';
import type { ThreadMessage, ThreadOptions } from './messages.js';

/** What runs in the network's thread. What is not caught here ends it and is told to whoever started it. */

const say = (message: ThreadMessage): void => parentPort?.postMessage(message);

const network = await startEmbeddedNetwork({
  ...(workerData as ThreadOptions),
  log: (line) => say({ line }),
  onFailure: (error) =>
    setImmediate(() => {
      throw error;
    }),
});
parentPort?.once('message', () => void network.close().then(() => process.exit(0)));
say({ profiles: network.profiles });

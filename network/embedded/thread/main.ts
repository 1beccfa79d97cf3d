import { parentPort, workerData } from 'node:worker_threads';
import { startEmbeddedNetwork } from '../embedded-network.js';
import { serveCalls } from './calls.js';
import type { ThreadCommand, ThreadMessage, ThreadOptions } from './messages.js';

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
parentPort?.on('message', (command: ThreadCommand) => {
  if (command === 'close') {
    void network.close().then(() => process.exit(0));
    return;
  }
  const calls = network.calls[command.serve];
  if (calls) serveCalls(command.port, calls);
});
say({ profiles: network.profiles });

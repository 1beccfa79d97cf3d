import { Worker } from 'node:worker_threads';
import type { EmbeddedNetwork, EmbeddedNetworkOptions } from '../embedded-network.js';
import type { ThreadMessage, ThreadOptions } from './messages.js';

export interface NetworkThreadOptions extends ThreadOptions, Pick<EmbeddedNetworkOptions, 'log'> {
  /** Called once where the network ends without being closed: from then on nothing is committed. */
  onFailure: (error: Error) => void;
}

/**
 * The embedded network in a thread of its own, so that it and the gateways, which talk to it over gRPC as they do to
 * any peer, use a core each.
 * @throws {Error} where the data directory's ledger is damaged or in use
 */
export async function startNetworkThread(options: NetworkThreadOptions): Promise<EmbeddedNetwork> {
  const { log = () => undefined, onFailure, ...workerData } = options;
  const thread = new Worker(new URL('./main.js', import.meta.url), { workerData });
  const ended = endOf(thread);
  const profiles = new Promise<EmbeddedNetwork['profiles']>((resolve) => {
    thread.on('message', (message: ThreadMessage) => {
      if ('line' in message) log(message.line);
      else resolve(message.profiles);
    });
  });
  const started = await Promise.race([profiles, ended.then(fail)]);
  let closing = false;
  void ended.then((error) => {
    if (!closing) onFailure(error ?? new Error('its thread has ended'));
  });
  return {
    profiles: started,
    close: async () => {
      closing = true;
      thread.postMessage('close');
      const error = await ended;
      if (error) throw error;
    },
  };
}

/** Resolves when the thread is gone, with what it did not catch. */
function endOf(thread: Worker): Promise<Error | undefined> {
  let uncaught: Error | undefined;
  return new Promise((resolve) => {
    thread.once('error', (error: Error) => (uncaught = error));
    thread.once('exit', () => resolve(uncaught));
  });
}

function fail(error: Error | undefined): never {
  throw error ?? new Error('its thread has ended');
}

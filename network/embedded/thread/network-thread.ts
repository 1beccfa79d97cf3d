import { MessageChannel, Worker, type MessagePort } from 'node:worker_threads';
import type { EmbeddedNetworkOptions } from '../embedded-network.js';
import { callOver, type CallOfThread } from './calls.js';
import type { ThreadCommand, ThreadMessage, ThreadOptions } from './messages.js';

export interface NetworkThreadOptions extends ThreadOptions, Pick<EmbeddedNetworkOptions, 'log'> {
  /** Called once where the network ends without being closed: from then on nothing is committed. */
  onFailure: (error: Error) => void;
}

export interface NetworkThread {
  /** Organization name → absolute path of its connection profile. */
  profiles: Record<string, string>;
  /** Organization name → the unary calls of its peer. */
  calls: Record<string, CallOfThread>;
  /** Commits what was accepted, then ends the thread. */
  close(): Promise<void>;
}

/**
 * The embedded network in a thread of its own, so that it and the gateways use a core each. Everybody reaches its peers
 * over gRPC, as any peer; gateways in this process may spare themselves the sockets for unary calls.
 * @throws {Error} where the data directory's ledger is damaged or in use
 */
export async function startNetworkThread(options: NetworkThreadOptions): Promise<NetworkThread> {
  const { log = () => undefined, onFailure, ...workerData } = options;
  const thread = new Worker(new URL('./main.js', import.meta.url), { workerData });
  const ended = endOf(thread);
  const tell = (command: ThreadCommand, ...moved: MessagePort[]): void => thread.postMessage(command, moved);
  const profiles = new Promise<NetworkThread['profiles']>((resolve) => {
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
    calls: Object.fromEntries(Object.keys(started).map((name) => [name, connectTo(name, tell)])),
    close: async () => {
      closing = true;
      tell('close');
      const error = await ended;
      if (error) throw error;
    },
  };
}

function connectTo(organization: string, tell: (command: ThreadCommand, moved: MessagePort) => void): CallOfThread {
  const { port1, port2 } = new MessageChannel();
  tell({ serve: organization, port: port2 }, port2);
  const call = callOver(port1);
  port1.unref(); // the thread itself keeps the process alive
  return call;
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

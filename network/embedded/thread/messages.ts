import type { MessagePort } from 'node:worker_threads';
import type { EmbeddedNetwork, EmbeddedNetworkOptions } from '../embedded-network.js';

/** What the thread is started with: data only. */
export type ThreadOptions = Omit<EmbeddedNetworkOptions, 'log' | 'onFailure'>;

/** What the thread says: once that it is up, and lines for the log. */
export type ThreadMessage = { profiles: EmbeddedNetwork['profiles'] } | { line: string };

/** What the thread is told, when it is up: to serve an organization's calls over a port, and to close. */
export type ThreadCommand = { serve: string; port: MessagePort } | 'close';

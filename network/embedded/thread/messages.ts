import type { EmbeddedNetwork, EmbeddedNetworkOptions } from '../embedded-network.js';

/** What the thread is started with: data only. */
export type ThreadOptions = Omit<EmbeddedNetworkOptions, 'log' | 'onFailure'>;

/** What the thread says: once that it is up, and lines for the log. It is told one thing, to close. */
export type ThreadMessage = { profiles: EmbeddedNetwork['profiles'] } | { line: string };

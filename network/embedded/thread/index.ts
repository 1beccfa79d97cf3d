// Apart from the room's index, so that the starting thread does not load what only the network's thread runs.
export { startNetworkThread } from './network-thread.js';
export type { NetworkThread, NetworkThreadOptions } from './network-thread.js';

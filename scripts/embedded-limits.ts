import type { GatewayConfig } from '../gateway/index.js';

/**
 * For gateways of an embedded network. Its peers are one thread: a transaction beside another only makes both smaller,
 * unless enough waits for each to carry plenty; then gateways and network each have something to do at any moment.
 * What one thread commits in a few seconds may wait: more would only be answered later, and take memory meanwhile.
 */
export const EMBEDDED_LIMITS: GatewayConfig['limits'] = {
  transactionsInFlight: 2,
  eventsToOverlap: 100,
  queuedEvents: 5000,
};

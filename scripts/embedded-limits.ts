import type { GatewayConfig } from '../gateway/index.js';

/**
 * For gateways of an embedded network. Its peers are one thread and the gateways another: with two transactions in flight
 * each has something to do at any moment, more would only be smaller.
 * What one thread commits in a few seconds may wait: more would only be answered later, and take memory meanwhile.
 */
export const EMBEDDED_LIMITS: GatewayConfig['limits'] = {
  transactionsInFlight: 2,
  eventsToOverlap: 10,
  queuedEvents: 5000,
};

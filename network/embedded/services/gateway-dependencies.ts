import type { Channel } from '../channel.js';
import type { CommitFeed } from '../committer/commit-feed.js';
import type { Endorser } from '../endorser/endorser.js';
import type { Orderer } from '../orderer/orderer.js';
import type { EndpointFault } from './rpc-error.js';

/** `each`: every organization's endorser simulates, and unequal results are refused; `once`: the first one does. */
export type SimulationMode = 'each' | 'once';

/** What the gateway service of one peer works with. */
export interface GatewayDependencies {
  channel: Channel;
  /** The endorser of the organization whose peer this is. */
  local: Endorser;
  /** All organizations' endorsers, the local one first. */
  endorsers: readonly Endorser[];
  orderer: Orderer;
  feed: CommitFeed;
  simulate: SimulationMode;
  log: (line: string) => void;
}

export function faultOf({ address, mspId }: Endorser, message: string): EndpointFault {
  return { address, mspId, message };
}

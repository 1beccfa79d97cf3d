import type { Contract, Network } from '@hyperledger/fabric-gateway';
import type { ErrorCode } from '../../core/index.js';
import { SignedReads } from '../evidence/signed-reads.js';
import { openConnection } from './connection.js';
import type { LedgerTimeouts } from './connection.js';
import type { ConnectionProfile, PeerAddress } from './connection-profile.js';
import type { DirectCall } from './direct-client.js';
import { toAuditError } from './faults.js';
import { LedgerLookup } from './lookup.js';
import type { Members } from './members.js';

/** What is asked of one peer. */
export interface Peer {
  channel: Network;
  contract: Contract;
  lookup: LedgerLookup;
  signedReads: SignedReads;
  close(): void;
}

export interface PeerOptions {
  timeouts: LedgerTimeouts;
  /** Carries unary calls, where all of the profile's peers are one in this process. */
  direct?: DirectCall | undefined;
}

/** What another peer may do better: this one is gone, or what it needs (its chaincode, other organizations) is. */
export const OF_THE_PEER: readonly ErrorCode[] = ['LEDGER_UNAVAILABLE', 'ENDORSEMENT_FAILED'];

/** The organization's peers as one: all calls go to one of them, and to the next when it fails. */
export class Peers {
  readonly #peers: readonly Peer[];
  #inUse = 0;

  constructor(profile: ConnectionProfile, members: Members, options: PeerOptions) {
    this.#peers = profile.peers.map((address) => openPeer(profile, address, members, options));
  }

  /** The peer that calls go to now. */
  get inUse(): Peer {
    const peer = this.#peers[this.#inUse];
    if (!peer) throw new RangeError('a connection profile has at least one peer');
    return peer;
  }

  /** Calls that come later go to another peer, unless they do already. */
  leave(peer: Peer): void {
    if (this.inUse === peer) this.#inUse = (this.#inUse + 1) % this.#peers.length;
  }

  /**
   * Only for what may be done twice: a peer that does not answer may have done it.
   * @throws {AuditError} of the last peer that was asked.
   */
  async use<T>(call: (peer: Peer) => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries++) {
      const peer = this.inUse;
      try {
        return await call(peer);
      } catch (error) {
        const fault = toAuditError(error);
        if (!OF_THE_PEER.includes(fault.code)) throw fault;
        this.leave(peer);
        if (tries >= this.#peers.length) throw fault;
      }
    }
  }

  close(): void {
    for (const peer of this.#peers) peer.close();
  }
}

function openPeer(
  profile: ConnectionProfile,
  address: PeerAddress,
  members: Members,
  { timeouts, direct }: PeerOptions,
): Peer {
  const connection = openConnection(profile, address, timeouts, { direct, verified: members.verified });
  const { gateway } = connection;
  const channel = gateway.getNetwork(profile.channel);
  return {
    channel,
    contract: channel.getContract(profile.chaincode),
    lookup: new LedgerLookup(gateway, profile.channel, members),
    signedReads: new SignedReads(channel, profile.chaincode, profile.organizations),
    close: () => connection.close(),
  };
}

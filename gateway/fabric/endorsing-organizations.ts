import type { ProposalOptions } from '@hyperledger/fabric-gateway';
import { delay } from '../delay.js';
import { peersDisagree, toAuditError } from './faults.js';
import { OF_THE_PEER } from './peers.js';

/** Which organizations a proposal is for; none named: the peer asks as few as its policy needs. */
export type Chosen = Pick<ProposalOptions, 'endorsingOrganizations'>;

/** Milliseconds until an organization that did not endorse, or one whose peer is far behind, is asked again. */
const MISSING_MS = 15_000;
const BEHIND_MS = 1000;

/**
 * Peers commit a block at different moments, and what they simulate meanwhile differs. So long a transaction waits for
 * them to agree, with pauses that grow from the first one.
 */
const CATCH_UP_MS = 1000;
const FIRST_PAUSE_MS = 20;

/**
 * All organizations of the consortium are asked, so that a receipt names them all. Where one of them is missing the
 * peer's own plan has to do, for a while without another try; where they do not agree even after pauses, for a moment:
 * one that never agrees is not to hold up every transaction.
 */
export class EndorsingOrganizations {
  #peersPlanUntilMs = 0;

  constructor(
    private readonly organizations: readonly string[],
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** @param endorse a new proposal each time. @throws what it throws */
  async ask<T>(endorse: (chosen: Chosen) => Promise<T>): Promise<T> {
    const giveUpMs = this.now() + CATCH_UP_MS;
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs *= 3) {
      if (this.now() < this.#peersPlanUntilMs) return endorse({});
      try {
        return await endorse({ endorsingOrganizations: [...this.organizations] });
      } catch (error) {
        if (!OF_THE_PEER.includes(toAuditError(error).code)) throw error;
        if (!peersDisagree(error)) return this.#askWithout(endorse, MISSING_MS);
        if (this.now() + pauseMs > giveUpMs) return this.#askWithout(endorse, BEHIND_MS);
        await delay(pauseMs);
      }
    }
  }

  async #askWithout<T>(endorse: (chosen: Chosen) => Promise<T>, forMs: number): Promise<T> {
    const answer = await endorse({});
    this.#peersPlanUntilMs = Math.max(this.#peersPlanUntilMs, this.now() + forMs);
    return answer;
  }
}

import { postedEvent } from '../event/schema.js';
import type { PostedEventInput, SealedEvent } from '../event/schema.js';
import { CHAIN_START, sealEvent } from '../event/seal.js';
import type { SessionRef } from '../ids/locator.js';
import { signEvent } from './signer.js';
import type { Signer } from './signer.js';

/** The end of a chain: what the next event continues. */
export interface ChainTip {
  seq: number;
  hash: string;
}

/** Seals and signs one session's events in the agent's own process; the gateway can only pass them on. */
export class SigningSession {
  readonly #session: SessionRef;
  readonly #signer: Signer;
  readonly #newSalt: () => string;
  #tip: ChainTip;

  /**
   * @param newSalt 16 random bytes in hex, fresh ones at each call.
   * @param tip the session's last event that was recorded, if it has any.
   */
  constructor(
    session: SessionRef,
    signer: Signer,
    newSalt: () => string,
    tip: ChainTip = { seq: 0, hash: CHAIN_START },
  ) {
    this.#session = session;
    this.#signer = signer;
    this.#newSalt = newSalt;
    this.#tip = tip;
  }

  /** To go on from after a restart, or where an event was refused. */
  get tip(): ChainTip {
    return this.#tip;
  }

  /**
   * The next event of the session, to be posted as `{"sealed": …}`, and again unchanged until it is answered.
   * @throws {z.ZodError} where the event does not fit the schema; the chain stays as it is.
   */
  seal(event: Omit<PostedEventInput, 'agent_id' | 'session_id'>): SealedEvent {
    const { owner, agent_id, session_id } = this.#session;
    const posted = postedEvent.parse({ ...event, agent_id, session_id });
    const place = { owner, seq: this.#tip.seq + 1, prevHash: this.#tip.hash };
    const sealed = signEvent(sealEvent(posted, place, this.#newSalt), this.#signer);
    this.#tip = { seq: sealed.core.seq, hash: sealed.hash };
    return sealed;
  }
}

import { formatSession } from '../../core/index.js';
import type { ChainLink, SessionRef } from '../../core/index.js';
import type { LedgerReader } from '../ledger/audit-ledger.js';
import { ownText } from '../own-text.js';

const KEPT_SESSIONS = 50_000;

/** The last event of each session, as verified: of those that were in use lately; others are read from the peer. */
export class SessionHeads {
  readonly #ledger: Pick<LedgerReader, 'readSession'>;
  readonly #heads = new Map<string, ChainLink>();

  constructor(ledger: Pick<LedgerReader, 'readSession'>) {
    this.#ledger = ledger;
  }

  /** The event that stands before `seq`; `undefined` for a session's first, and where the peer has none. */
  async before(session: SessionRef, seq: number): Promise<ChainLink | undefined> {
    const known = this.#heads.get(formatSession(session));
    if (known || seq <= 1) return known;
    const { owner, agent_id, session_id } = session;
    const range = { from_seq: seq - 1, limit: 1 };
    const [event] = await this.#ledger.readSession({ owner, agent_id, session_id }, range);
    return event;
  }

  /** What was half verified is verified again: it must not be its own predecessor. */
  forget(): void {
    this.#heads.clear();
  }

  /** @param last the session's last event, of which no more is kept than its place and hash. */
  keep(session: SessionRef, last: ChainLink): void {
    const own = {
      owner: ownText(session.owner),
      agent_id: ownText(session.agent_id),
      session_id: ownText(session.session_id),
    };
    const key = formatSession(own);
    this.#heads.delete(key); // so that it moves to the end
    const oldest = this.#heads.size >= KEPT_SESSIONS ? this.#heads.keys().next() : undefined;
    if (oldest && !oldest.done) this.#heads.delete(oldest.value);
    this.#heads.set(key, { core: { ...own, seq: last.core.seq }, hash: ownText(last.hash) });
  }
}

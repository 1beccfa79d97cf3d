import { LIMITS } from '../../core/index.js';
import type { Head, SessionRef } from '../../core/index.js';
import type { LedgerReader } from '../ledger/audit-ledger.js';
import type { Chain } from './decision-path.js';

/** A chain up to one of its places: what a page of a growing session is a page of. */
export interface ChainExtent {
  session: SessionRef;
  /** Number of events; the last one's `seq`. */
  events: number;
  open: boolean;
}

export function extentOf({ owner, agent_id, session_id, seq, open }: Head): ChainExtent {
  return { session: { owner, agent_id, session_id }, events: seq, open };
}

/** All chains that share a session id, of every agent and organization. */
export async function findChains(ledger: LedgerReader, sessionId: string, most: number): Promise<ChainExtent[]> {
  const heads: Head[] = [];
  let cursor: string | undefined;
  do {
    const page = await ledger.querySessions({
      session_id: sessionId,
      order: 'asc',
      limit: most,
      ...(cursor && { cursor }),
    });
    heads.push(...page.sessions);
    cursor = page.next_cursor;
  } while (cursor !== undefined && heads.length < most);
  return heads.map(extentOf);
}

export async function readChain(ledger: LedgerReader, { session, events: count, open }: ChainExtent): Promise<Chain> {
  const events: Chain['events'] = [];
  while (events.length < count) {
    const limit = Math.min(LIMITS.eventsPerPage, count - events.length);
    const page = await ledger.readSession(session, { from_seq: events.length + 1, limit });
    if (page.length === 0) break; // a peer that is behind the one that was asked before; the chain says where it ends
    events.push(...page);
  }
  return { session, open, events };
}

import type { EventQuery, QueryProof } from '../../core/index.js';
import type { AuditContext } from '../context.js';
import { findEvents } from '../query/query-events.js';
import { checkChallenge } from './challenge.js';

/**
 * Which events a query finds, for peers to sign. The read set that is endorsed with it names the records that the state
 * database returned; what it did not return is nowhere: such an answer is complete on the peers' word alone.
 * @throws {AuditError} as `queryEvents`; INVALID_REQUEST
 */
export async function proveQuery(ctx: AuditContext, query: EventQuery, challenge: string): Promise<QueryProof> {
  checkChallenge(challenge);
  const { found, next_cursor } = await findEvents(ctx, query);
  return {
    challenge,
    query,
    hits: found.map(({ view: { locator, hash }, recordFirstSeq }) => ({
      locator,
      hash,
      record_first_seq: recordFirstSeq,
    })),
    ...(next_cursor !== undefined && { next_cursor }),
  };
}

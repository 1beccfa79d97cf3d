import { LIMITS } from '../../core/index.js';
import type { EventProof, LifecycleEntry } from '../../core/index.js';
import type { AuditContext } from '../context.js';
import { toEntry } from '../state/documents.js';
import { checkChallenge } from './challenge.js';
import { findEvent } from '../reading/read-event.js';

/**
 * One event alone, for peers to sign. The read set that is endorsed with it names the record's key and the block and
 * transaction that wrote it, and of whatever else was read keys and versions, no values.
 * @throws {AuditError} INVALID_ID; INVALID_REQUEST for a challenge that is none
 */
export async function proveEvent(ctx: AuditContext, eventRef: string, challenge: string): Promise<EventProof | null> {
  checkChallenge(challenge);
  const found = await findEvent(ctx, eventRef);
  if (!found) return null;
  const { locator, record, view } = found;
  // A record that a range scan found may stand in the read set as no more than a part of a hash.
  if (record.first_seq !== locator.seq) await ctx.state.record(locator, record.first_seq);
  const { signature } = view;
  const agentKey = signature && (await ctx.state.agentKey(locator, signature.key_id));
  const entries: LifecycleEntry[] = [];
  for await (const document of ctx.state.lifecycle(locator)) {
    entries.push(toEntry(document));
    if (entries.length > LIMITS.entriesPerProof) break;
  }
  return {
    challenge,
    event: view,
    record_first_seq: record.first_seq,
    ...(agentKey && { agent_key: agentKey }),
    entries: entries.slice(0, LIMITS.entriesPerProof),
    entries_complete: entries.length <= LIMITS.entriesPerProof,
  };
}

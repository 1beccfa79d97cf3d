import { AuditError, EVENT_ATTESTED } from '../../core/index.js';
import type { Attestation, AttestedNotice, LifecycleEntry } from '../../core/index.js';
import type { AuditContext } from '../context.js';
import { writeJson } from '../json.js';
import { findEvent } from '../reading/read-event.js';

/**
 * Puts on the ledger what an organization says of an event, under a key of its own that the transaction id makes unique.
 * @throws {AuditError} INVALID_ID, NOT_FOUND
 */
export async function attestEvent(
  ctx: AuditContext,
  eventRef: string,
  attestation: Attestation,
): Promise<LifecycleEntry> {
  const found = await findEvent(ctx, eventRef);
  if (!found) throw new AuditError('NOT_FOUND', 'there is no such event');
  const entry: LifecycleEntry = { ...attestation, ...ctx.stamp };
  ctx.state.putLifecycle(found.locator, { doc_type: 'lifecycle', v: 1, ...entry });
  const notice: AttestedNotice = { v: 1, locator: found.view.locator, kind: attestation.kind, by: ctx.mspId };
  ctx.stub.setEvent(EVENT_ATTESTED, Buffer.from(writeJson(notice)));
  return entry;
}

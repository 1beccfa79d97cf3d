import { AuditError, parseEventRef } from '../../core/index.js';
import type { AbsenceProof } from '../../core/index.js';
import type { AuditContext } from '../context.js';
import { toHead } from '../state/documents.js';
import { checkChallenge } from './challenge.js';
import { readEnd } from './read-end.js';

/**
 * That there is no event by an id, for peers to sign. A locator's session ends before it: sessions have no gaps. An own
 * id has no key. The read set that is endorsed with it says that keys have no version.
 * @param eventRef a locator, or an own id with its owner: no signed answer depends on who asks.
 * @returns null where there is such an event.
 * @throws {AuditError} INVALID_ID, INVALID_REQUEST
 */
export async function proveAbsence(
  ctx: AuditContext,
  eventRef: string,
  challenge: string,
): Promise<AbsenceProof | null> {
  checkChallenge(challenge);
  const ref = parseEventRef(eventRef);
  if (ref.kind === 'own') {
    if (ref.owner === undefined) throw new AuditError('INVALID_ID', 'the own id does not name its owner');
    return (await ctx.state.alias(ref.owner, ref.eventId)) ? null : { challenge, reference: eventRef };
  }
  const head = await readEnd(ctx.state, ref.locator);
  if (head && head.seq >= ref.locator.seq) return null;
  return { challenge, reference: eventRef, head: head ? toHead(head) : null };
}

import {
  agentKeyKey,
  aliasKey,
  encodeIdPart,
  eventKey,
  findPayload,
  formatAgent,
  headKey,
  payloadKey,
  recordKey,
  recordsEnd,
  revocationKey,
} from '../../core/index.js';
import type { AgentRef, Locator, SessionRef } from '../../core/index.js';

/**
 * Every key of the ledger's state. Parts are encoded (core/ids/encode), `~` separates them and sorts behind every
 * character that a part can hold, numbers have twelve digits: the order of keys is the order of events in a session.
 */

/** Half-open: `start` belongs to the range, `end` does not. */
export interface KeyRange {
  start: string;
  end: string;
}

export { agentKeyKey, aliasKey, eventKey, findPayload, headKey, payloadKey, recordKey, revocationKey };

/** Records of a session whose first event is at or behind `fromSeq`, and before `beforeSeq` if that is given. */
export function recordRange(session: SessionRef, fromSeq: number, beforeSeq?: number): KeyRange {
  return {
    start: recordKey(session, fromSeq),
    end: beforeSeq === undefined ? recordsEnd(session) : recordKey(session, beforeSeq),
  };
}

/** What an organization attested of blocks. */
export function blockAttestationKey(mspId: string): string {
  return `b~${encodeIdPart(mspId)}`;
}

export const BLOCK_ATTESTATIONS: KeyRange = { start: 'b~', end: 'b~~' };

/** `recordedAt` in the sortable form, so that an event's entries are in the order of their transactions' times. */
export function lifecycleKey(locator: Locator, recordedAt: string, txId: string): string {
  return `l~${eventKey(locator, locator.seq)}~${recordedAt}~${txId}`;
}

/** Lifecycle entries of an event, behind the entry `after` if that is given. */
export function lifecycleRange(locator: Locator, after?: { recorded_at: string; tx_id: string }): KeyRange {
  const prefix = `l~${eventKey(locator, locator.seq)}~`;
  return { start: after ? `${lifecycleKey(locator, after.recorded_at, after.tx_id)}~` : prefix, end: `${prefix}~` };
}

/** Which event of its session a lifecycle entry is about. */
export function seqOfLifecycleKey(key: string): number {
  return Number(key.split('~')[4]);
}

/** Lifecycle entries of the events from `fromSeq` to `toSeq`, both included. */
export function entriesRange(session: SessionRef, fromSeq: number, toSeq: number): KeyRange {
  return { start: `l~${eventKey(session, fromSeq)}~`, end: `l~${eventKey(session, toSeq)}~~` };
}

/** What holds for an agent now; its keys and their revocations have keys of their own. */
export function agentStateKey(agent: AgentRef): string {
  return `a~${formatAgent(agent)}`;
}

/** Keys of an agent, behind the key `after` if that is given. */
export function agentKeyRange(agent: AgentRef, after?: string): KeyRange {
  const prefix = agentKeyKey(agent, '');
  return { start: after === undefined ? prefix : `${agentKeyKey(agent, after)}~`, end: `${prefix}~` };
}

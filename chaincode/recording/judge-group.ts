import { AuditError, CHAIN_START, formatLocator } from '../../core/index.js';
import type { EventCore, Fault, GroupOutcome, Head, Outcome, Submission } from '../../core/index.js';

/** What stands on the ledger for an event that is being recorded. */
export interface KnownEvent {
  /** The event under the same own id, compared with the submission. */
  byId?: { locator: string; same: boolean; compared: 'hash' | 'content' | 'core' } | undefined;
  /** Hash of the event at the same place of the chain. */
  hashAtPlace?: string | undefined;
}

/** `fresh` events continue the chain; they are recorded if nothing in their group stands against it. */
export type Verdict = Exclude<Outcome, { status: 'recorded' }> | { status: 'fresh' };

/**
 * Judges the events of a group in order. A group continues the head, or starts with events that are there already
 * (a repeated transaction).
 * @param faults what `checkEvent` said of each event.
 * @param known what the ledger says of each event.
 */
export function judgeGroup(
  events: readonly Submission[],
  head: Head | undefined,
  faults: readonly (Fault | undefined)[],
  known: readonly KnownEvent[],
): Verdict[] {
  const verdicts: Verdict[] = [];
  let broken = false;
  for (const [index, event] of events.entries()) {
    const verdict = judgeEvent(event, events[index - 1], head, faults[index], known[index] ?? {});
    verdicts.push(broken && verdict.status === 'fresh' ? notRecorded() : verdict);
    broken ||= breaksChain(verdict);
  }
  return verdicts;
}

/** Outcomes of a group: its fresh events are recorded together or not at all. */
export function settleGroup(verdicts: readonly Verdict[]): GroupOutcome {
  if (verdicts.every(({ status }) => status === 'fresh')) return 'recorded';
  const broken = verdicts.some(breaksChain);
  return verdicts.map((verdict): Outcome => {
    if (verdict.status !== 'fresh') return verdict;
    return broken ? notRecorded() : { status: 'recorded' };
  });
}

function judgeEvent(
  { core, hash }: Submission,
  previous: Submission | undefined,
  head: Head | undefined,
  fault: Fault | undefined,
  known: KnownEvent,
): Verdict {
  if (fault) return { status: 'refused', fault };
  if (known.byId) return judgeKnownId(known.byId);
  if (known.hashAtPlace === hash) return { status: 'duplicate', locator: formatLocator(core), compared: 'hash' };
  if (known.hashAtPlace !== undefined) return chainBroken(`the chain has another event at ${core.seq}`);
  const tip = previous ? { seq: previous.core.seq, hash: previous.hash } : head;
  return judgeLink(core, tip ?? { seq: 0, hash: CHAIN_START });
}

function judgeKnownId({ locator, same, compared }: NonNullable<KnownEvent['byId']>): Verdict {
  if (same) return { status: 'duplicate', locator, compared };
  const fault = AuditError.at('/core/event_id', 'ID_CONFLICT', 'the id is in use by an event with other content');
  return { status: 'conflict', locator, fault: fault.toFault() };
}

function judgeLink(core: EventCore, tip: { seq: number; hash: string }): Verdict {
  if (core.seq !== tip.seq + 1) return chainBroken(`expected seq ${tip.seq + 1}, found ${core.seq}`);
  if (core.prev_hash !== tip.hash) return chainBroken(`prev_hash is not the hash of event ${tip.seq}`);
  return { status: 'fresh' };
}

/** Whether later events of the group would hang on an event that will not stand at its place. */
function breaksChain(verdict: Verdict): boolean {
  return verdict.status !== 'fresh' && !(verdict.status === 'duplicate' && verdict.compared === 'hash');
}

function chainBroken(detail: string): Verdict {
  return { status: 'refused', fault: { code: 'CHAIN_BROKEN', detail } };
}

function notRecorded(): { status: 'refused'; fault: Fault } {
  return { status: 'refused', fault: { code: 'GROUP_NOT_RECORDED', detail: 'another event of the group was refused' } };
}

import { CHAIN_START, writeSeal } from '../../core/index.js';
import type { Place, SessionRef, WrittenSeal } from '../../core/index.js';
import type { AuditLedger } from '../ledger/audit-ledger.js';
import type { Entry, Group, SessionLane } from './entry.js';
import { newSalt } from './new-salt.js';
import { isTurn } from './take-entries.js';

/**
 * Gives every entry its place in its session's chain and its seal. Seals of agents, and those that may be on the
 * ledger already, stay as they are.
 * @returns the entries whose seal is new, or no longer holds: what the journal has of them is out of date.
 * @throws {AuditError} LEDGER_UNAVAILABLE
 */
export async function placeEntries(ledger: AuditLedger, groups: readonly Group[]): Promise<Entry[]> {
  await readMissingHeads(
    ledger,
    groups.map((group) => group.lane),
  );
  return groups.flatMap((group) => sealGroup(group, ledger.network.mspId));
}

/** The lane's last `seq` as the ledger has it now; 0 where the session has no event. */
export async function rereadHead(ledger: AuditLedger, lane: SessionLane): Promise<number> {
  const [head] = await ledger.readHeads([sessionOf(lane, ledger.network.mspId)]);
  lane.head = head ?? null;
  return lane.head?.seq ?? 0;
}

async function readMissingHeads(ledger: AuditLedger, lanes: readonly SessionLane[]): Promise<void> {
  const unknown = lanes.filter((lane) => lane.head === undefined);
  if (unknown.length === 0) return;
  const owner = ledger.network.mspId;
  const heads = await ledger.readHeads(unknown.map((lane) => sessionOf(lane, owner)));
  for (const [index, lane] of unknown.entries()) lane.head = heads[index] ?? null;
}

function sessionOf({ agentId, sessionId }: SessionLane, owner: string): SessionRef {
  return { owner, agent_id: agentId, session_id: sessionId };
}

function sealGroup({ lane, entries }: Group, owner: string): Entry[] {
  let tip = lane.head ?? { seq: 0, hash: CHAIN_START };
  const sealed: Entry[] = [];
  for (const entry of entries) {
    const known = keptSeal(entry);
    if (!known || !entry.seal || entry.journalId === undefined) sealed.push(entry);
    entry.seal = known ?? sealPlain(entry, { owner, seq: tip.seq + 1, prevHash: tip.hash });
    tip = { seq: entry.seal.core.seq, hash: entry.seal.hash };
  }
  return [...sealed, ...unplaceWaiting(lane)];
}

/** What an earlier try placed and did not send has lost its place to what goes now. */
function unplaceWaiting({ pending }: SessionLane): Entry[] {
  const unplaced: Entry[] = [];
  for (const entry of pending) {
    if (isTurn(entry) || entry.seal === undefined || entry.maybeRecorded) break;
    entry.seal = undefined;
    if (entry.journalId !== undefined) unplaced.push(entry);
  }
  return unplaced;
}

/** A seal that must not change: the agent's own, or one that may be on the ledger. */
function keptSeal({ draft, maybeRecorded, seal }: Entry): WrittenSeal | undefined {
  if (draft.kind === 'sealed') return seal ?? draft.seal;
  return maybeRecorded ? seal : undefined;
}

function sealPlain({ draft }: Entry, place: Place): WrittenSeal {
  if (draft.kind !== 'plain') throw new Error('an agent seals its own events');
  return writeSeal(draft.posted, draft.values, place, newSalt);
}

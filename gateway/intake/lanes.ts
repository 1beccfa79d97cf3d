import { partsOf } from './draft.js';
import type { Entry, Group, SessionLane } from './entry.js';

/** Idle lanes that are kept, for their heads. */
const MAX_LANES = 10_000;

export interface GroupLimits {
  eventsPerTransaction: number;
  bytesPerTransaction: number;
}

/** Which events wait in which session, and which sessions have a transaction in flight. */
export class SessionLanes {
  readonly #lanes = new Map<string, SessionLane>();
  /** Lanes with something to send, in the order in which they became ready: no session waits for a busier one. */
  readonly #ready = new Set<SessionLane>();

  get hasReady(): boolean {
    return this.#ready.size > 0;
  }

  push(entry: Entry): void {
    const lane = this.#laneOf(entry);
    lane.pending.push(entry);
    this.#noteReady(lane);
  }

  /** Takes what one transaction can carry and marks its lanes busy. */
  take(limits: GroupLimits): Group[] {
    const groups: Group[] = [];
    const room = { events: limits.eventsPerTransaction, bytes: limits.bytesPerTransaction };
    for (const lane of this.#ready) {
      if (groups.length > 0 && (room.events <= 0 || room.bytes <= 0 || lane.caution !== 'none')) break;
      const entries = takeEntries(lane, room);
      if (entries.length === 0) break;
      lane.busy = true;
      this.#ready.delete(lane);
      groups.push({ lane, entries });
      if (lane.caution !== 'none') break;
    }
    return groups;
  }

  /** Holds the lane of an entry's session apart from `take`: resolves when none of its events is in flight. */
  async reserve(entry: Entry): Promise<SessionLane> {
    const lane = this.#laneOf(entry);
    if (lane.busy) {
      await new Promise<void>((resolve) => lane.waiters.push(resolve));
    } else {
      lane.busy = true;
      this.#ready.delete(lane);
    }
    return lane;
  }

  release(lane: SessionLane): void {
    const next = lane.waiters.shift();
    if (next) {
      next();
      return;
    }
    lane.busy = false;
    this.#noteReady(lane);
  }

  #laneOf(entry: Entry): SessionLane {
    const { agent_id: agentId, session_id: sessionId } = partsOf(entry.draft);
    const key = JSON.stringify([agentId, sessionId]);
    const known = this.#lanes.get(key);
    if (known) return known;
    if (this.#lanes.size >= MAX_LANES) this.#dropIdle();
    const lane: SessionLane = {
      agentId,
      sessionId,
      pending: [],
      head: undefined,
      busy: false,
      waiters: [],
      caution: 'none',
    };
    this.#lanes.set(key, lane);
    return lane;
  }

  #noteReady(lane: SessionLane): void {
    if (!lane.busy && lane.pending.length > 0) this.#ready.add(lane);
  }

  #dropIdle(): void {
    for (const [key, lane] of this.#lanes) {
      if (!lane.busy && lane.pending.length === 0) this.#lanes.delete(key);
    }
  }
}

/** The longest run at the lane's front that may share a group, as far as there is room (one event always has). */
function takeEntries(lane: SessionLane, room: { events: number; bytes: number }): Entry[] {
  const [first] = lane.pending;
  if (!first) return [];
  const most = lane.caution === 'one-by-one' ? 1 : Math.max(1, room.events);
  const ownIds = new Set<string>();
  let count = 0;
  let bytes = 0;
  for (const entry of lane.pending) {
    const ownId = partsOf(entry.draft).event_id;
    if (count >= most || !isSameKind(entry, first) || (count > 0 && bytes + entry.draft.bytes > room.bytes)) break;
    // The contract compares an id with what is on the ledger, so its second use waits for the first.
    if (ownId !== undefined && ownIds.has(ownId)) break;
    if (ownId !== undefined) ownIds.add(ownId);
    count++;
    bytes += entry.draft.bytes;
  }
  room.events -= count;
  room.bytes -= bytes;
  return lane.pending.splice(0, count);
}

/** What may be on the ledger goes again exactly as it went; agents' own seals do not mix with the gateway's. */
function isSameKind(entry: Entry, first: Entry): boolean {
  return (
    entry.maybeRecorded === first.maybeRecorded &&
    entry.draft.kind === first.draft.kind &&
    entry.bundle === first.bundle
  );
}

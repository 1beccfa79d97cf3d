import { ownText } from '../own-text.js';
import { partsOf } from './draft.js';
import type { Entry, Group, SessionLane } from './entry.js';
import { isTurn, takeEntries } from './take-entries.js';
import type { Room } from './take-entries.js';

/** Idle lanes that are kept, for their heads. */
const MAX_LANES = 10_000;

export interface GroupLimits {
  eventsPerTransaction: number;
  bytesPerTransaction: number;
}

/** Which events wait in which session, and which sessions have a transaction in flight. */
export class SessionLanes {
  readonly #lanes = new Map<string, SessionLane>();
  /** Lanes with something to send, by agent; both in the order in which they were last served or became ready. */
  readonly #ready = new Map<string, Set<SessionLane>>();
  /** Lanes that are to travel alone. */
  readonly #readyAlone = new Set<SessionLane>();
  #lastWasAlone = false;
  #dropAt = MAX_LANES;

  get hasReady(): boolean {
    return this.#ready.size > 0 || this.#readyAlone.size > 0;
  }

  push(entry: Entry): void {
    const lane = this.#laneOf(entry);
    lane.pending.push(entry);
    this.#advance(lane);
  }

  /**
   * Takes what one transaction can carry and marks its lanes busy. Agents share the room equally, an agent's sessions
   * share its part; what some leave is shared by the others. Who comes away empty-handed is the first next time.
   * @param enough about so many events, where the rest is for other transactions: then whole sessions only
   */
  take(limits: GroupLimits, enough = limits.eventsPerTransaction): Group[] {
    const room: Room = { events: limits.eventsPerTransaction, bytes: limits.bytesPerTransaction };
    const [alone] = this.#readyAlone;
    this.#lastWasAlone = alone !== undefined && !(this.#lastWasAlone && this.#ready.size > 0);
    if (alone && this.#lastWasAlone) {
      this.#readyAlone.delete(alone);
      alone.busy = true;
      return [takeEntries(alone, [], room)];
    }
    const groups = new Map<SessionLane, Group>();
    if (enough < limits.eventsPerTransaction) this.#takeWhole(enough, room, groups);
    else this.#takeParts(room, groups);
    for (const lane of groups.keys()) this.#hold(lane);
    return [...groups.values()];
  }

  /**
   * Holds the lanes of a bundle's sessions, each when what stands before it in its line is settled. It queues in all
   * of them at once, so that bundles meet in the same order everywhere and never wait for each other.
   */
  async reserve(entries: readonly Entry[]): Promise<Group[]> {
    const groups = new Map<SessionLane, Group>();
    const turns: Promise<void>[] = [];
    for (const entry of entries) {
      const lane = this.#laneOf(entry);
      const group = groups.get(lane);
      if (group) {
        group.entries.push(entry);
        continue;
      }
      groups.set(lane, { lane, entries: [entry] });
      turns.push(this.#turnIn(lane));
    }
    await Promise.all(turns);
    return [...groups.values()];
  }

  release(lane: SessionLane): void {
    lane.busy = false;
    this.#advance(lane);
  }

  #turnIn(lane: SessionLane): Promise<void> {
    return new Promise((start) => {
      lane.pending.push({ start });
      this.#advance(lane);
    });
  }

  /**
   * The rest of a session would have to wait until this transaction is settled, and whoever posted it with it. Sessions
   * with more than is still wanted come last, unless it is their turn.
   */
  #takeWhole(enough: number, room: Room, groups: Map<SessionLane, Group>): void {
    const roomForOthers = room.events - enough;
    const take = (lane: SessionLane): void => {
      if (room.events > roomForOthers && room.bytes > 0) groups.set(lane, takeEntries(lane, [], room));
    };
    const larger: SessionLane[] = [];
    for (const lane of [...this.#ready.values()].flatMap((lanes) => [...lanes])) {
      if (groups.size > 0 && room.events - lane.pending.length < roomForOthers) larger.push(lane);
      else take(lane);
    }
    for (const lane of larger) take(lane);
  }

  #takeParts(room: Room, groups: Map<SessionLane, Group>): void {
    for (let before = -1; before !== room.events && room.events > 0 && room.bytes > 0;) {
      before = room.events;
      this.#shareOut(room, groups);
    }
  }

  /** One round: each agent in turn gets an equal part of what is left, each of its sessions an equal part of that. */
  #shareOut(room: Room, groups: Map<SessionLane, Group>): void {
    let agents = this.#ready.size;
    for (const lanes of this.#ready.values()) {
      const ofAgent = partOf(room, agents--);
      const left = { ...ofAgent };
      let sessions = lanes.size;
      for (const lane of lanes) {
        if (left.events <= 0 || left.bytes <= 0) break;
        const given = partOf(left, sessions--);
        const unused = { ...given };
        groups.set(lane, takeEntries(lane, groups.get(lane)?.entries ?? [], unused));
        spend(left, given, unused);
      }
      spend(room, ofAgent, left);
      if (room.events <= 0 || room.bytes <= 0) break;
    }
  }

  /** Served agents go to the end of the line. */
  #hold(lane: SessionLane): void {
    lane.busy = true;
    const lanes = this.#ready.get(lane.agentId);
    lanes?.delete(lane);
    this.#ready.delete(lane.agentId);
    if (lanes && lanes.size > 0) this.#ready.set(lane.agentId, lanes);
  }

  #advance(lane: SessionLane): void {
    const [next] = lane.pending;
    if (lane.busy || !next) return;
    if (isTurn(next)) {
      lane.pending.shift();
      lane.busy = true;
      next.start();
      return;
    }
    if (lane.caution !== 'none') {
      this.#readyAlone.add(lane);
      return;
    }
    const lanes = this.#ready.get(lane.agentId) ?? new Set();
    this.#ready.set(lane.agentId, lanes.add(lane));
  }

  #laneOf(entry: Entry): SessionLane {
    const { agent_id: agentId, session_id: sessionId } = partsOf(entry.draft);
    const key = JSON.stringify([agentId, sessionId]);
    const known = this.#lanes.get(key);
    if (known) return known;
    if (this.#lanes.size >= this.#dropAt) this.#dropIdle();
    const names = { agentId: ownText(agentId), sessionId: ownText(sessionId) };
    const lane: SessionLane = { ...names, pending: [], head: undefined, busy: false, caution: 'none' };
    this.#lanes.set(key, lane);
    return lane;
  }

  #dropIdle(): void {
    for (const [key, lane] of this.#lanes) {
      if (!lane.busy && lane.pending.length === 0) this.#lanes.delete(key);
    }
    // Where most are in use, the next look would find as little.
    this.#dropAt = Math.max(MAX_LANES, this.#lanes.size * 2);
  }
}

function partOf({ events, bytes }: Room, sharers: number): Room {
  return { events: Math.ceil(events / sharers), bytes: Math.ceil(bytes / sharers) };
}

function spend(room: Room, given: Room, unused: Room): void {
  room.events -= given.events - unused.events;
  room.bytes -= given.bytes - unused.bytes;
}

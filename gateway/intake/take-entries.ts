import { partsOf } from './draft.js';
import type { Entry, Group, SessionLane, Turn } from './entry.js';

/** What there is still room for. */
export interface Room {
  events: number;
  bytes: number;
}

export function isTurn(waiting: Entry | Turn): waiting is Turn {
  return 'start' in waiting;
}

/**
 * Moves the longest run at the lane's front that may share the group into it, as far as there is room; a group's first
 * event always has. Lessens the room.
 */
export function takeEntries(lane: SessionLane, taken: readonly Entry[], room: Room): Group {
  const entries = [...taken];
  const most = lane.caution === 'one-by-one' ? 1 : Math.max(1, room.events);
  const ownIds = new Set(entries.map(ownIdOf));
  let count = 0;
  for (const entry of lane.pending) {
    if (count >= most || isTurn(entry) || !mayFollow(entry, entries, room)) break;
    const ownId = ownIdOf(entry);
    // The contract compares an id with what is on the ledger, so its second use waits for the first.
    if (ownId !== undefined && ownIds.has(ownId)) break;
    ownIds.add(ownId);
    entries.push(entry);
    count++;
    room.bytes -= entry.draft.bytes;
  }
  room.events -= count;
  lane.pending.splice(0, count);
  return { lane, entries };
}

function ownIdOf({ draft }: Entry): string | undefined {
  return partsOf(draft).event_id;
}

/** What may be on the ledger goes again exactly as it went; agents' own seals do not mix with the gateway's. */
function mayFollow(entry: Entry, [first]: readonly Entry[], room: Room): boolean {
  if (!first) return true;
  return (
    entry.draft.bytes <= room.bytes &&
    entry.maybeRecorded === first.maybeRecorded &&
    entry.draft.kind === first.draft.kind &&
    entry.bundle === first.bundle
  );
}

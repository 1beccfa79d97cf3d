import { timestampFromSeconds } from '../../core/index.js';
import { signersOf } from './sighting.js';
import type { Sighting } from './sighting.js';

/**
 * Two sightings that cannot both be of one ledger that only grows. `FORK`: a block has two hashes, so that it or one
 * before it was rewritten for somebody. `CUT_OFF`: one peer's ledger has become shorter.
 */
export interface Contradiction<Kind extends Sighting = Sighting> {
  code: 'FORK' | 'CUT_OFF';
  detail: string;
  between: readonly [Kind, Kind];
}

/** Two observers' clocks, each within 15 minutes of the peer's. */
const CLOCKS_APART_SECONDS = 30 * 60;

/** @returns at most one fork for each sighting, and one cut for each sighting and signer. */
export function findContradictions<Kind extends Sighting>(sightings: readonly Kind[]): Contradiction<Kind>[] {
  const inOrder = [...sightings].sort((one, other) => one.seconds - other.seconds);
  return [...findForks(inOrder), ...findCuts(inOrder)];
}

function findForks<Kind extends Sighting>(sightings: readonly Kind[]): Contradiction<Kind>[] {
  const known = new Map<number, { hash: string; by: Kind }>();
  return sightings.flatMap((sighting): Contradiction<Kind>[] => {
    const conflicts = [...sighting.blocks].filter(([number, hash]) => (known.get(number)?.hash ?? hash) !== hash);
    for (const [number, hash] of sighting.blocks) {
      if (number >= 0 && !known.has(number)) known.set(number, { hash, by: sighting });
    }
    const [conflict] = conflicts.sort(([one], [other]) => one - other);
    const other = conflict && known.get(conflict[0]);
    if (!other) return [];
    const [number, hash] = conflict;
    const detail = `block ${number} is ${other.hash} by ${describe(other.by)}, and ${hash} by ${describe(sighting)}`;
    return [{ code: 'FORK', detail, between: [other.by, sighting] }];
  });
}

function findCuts<Kind extends Sighting>(sightings: readonly Kind[]): Contradiction<Kind>[] {
  const byPeer = new Map<string, Kind[]>();
  for (const sighting of sightings) {
    for (const { fingerprint } of sighting.signers) {
      byPeer.set(fingerprint, [...(byPeer.get(fingerprint) ?? []), sighting]);
    }
  }
  return [...byPeer.values()].flatMap(findCutsOfPeer);
}

/** @param sightings of one peer, by time. */
function findCutsOfPeer<Kind extends Sighting>(sightings: readonly Kind[]): Contradiction<Kind>[] {
  /** Of each observer, those that were higher than all before. */
  const summits = new Map<string, Kind[]>();
  const cuts: Contradiction<Kind>[] = [];
  for (const sighting of sightings) {
    const earlier = [...summits.values()]
      .map((ofObserver) => ofObserver.findLast((summit) => isSurelyEarlier(summit, sighting)))
      .find((summit) => summit && summit.height > sighting.height);
    if (earlier) cuts.push(cutBetween(earlier, sighting));
    const ofObserver = summits.get(sighting.observedBy) ?? [];
    const isSummit = sighting.height > (ofObserver.at(-1)?.height ?? -1);
    if (isSummit) ofObserver.push(sighting);
    summits.set(sighting.observedBy, ofObserver);
  }
  return cuts;
}

/** One observer's clock goes forward; those of two are compared with care. */
function isSurelyEarlier(one: Sighting, other: Sighting): boolean {
  const margin = one.observedBy === other.observedBy ? 0 : CLOCKS_APART_SECONDS;
  return one.seconds + margin < other.seconds;
}

function cutBetween<Kind extends Sighting>(earlier: Kind, later: Kind): Contradiction<Kind> {
  const detail = `${describe(earlier)} shows ${earlier.height} blocks, and ${describe(later)} only ${later.height}`;
  return { code: 'CUT_OFF', detail, between: [earlier, later] };
}

function describe(sighting: Sighting): string {
  const at = timestampFromSeconds(sighting.seconds, 0);
  return `${sighting.name} of ${at} (${sighting.observedBy}, signed by ${signersOf(sighting)})`;
}

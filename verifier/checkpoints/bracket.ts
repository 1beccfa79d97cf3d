import { timestampFromSeconds } from '../../core/index.js';
import { signersOf } from './sighting.js';
import type { Sighting } from './sighting.js';

/** A time by which a block was not there yet, or was there, and who says so. */
export interface TimeBound {
  at: string;
  height: number;
  observed_by: string;
  signed_by: string;
}

/** Between which times a block came to be, as far as checkpoints tell. */
export interface Bracket {
  not_before?: TimeBound;
  not_after?: TimeBound;
}

/** The latest sighting without the block, and the earliest with it. */
export function bracketOf(block: number, sightings: readonly Sighting[]): Bracket {
  const inOrder = [...sightings].sort((one, other) => one.seconds - other.seconds);
  const first = inOrder.find(({ height }) => height > block);
  const last = inOrder.findLast(
    (sighting) => sighting.height <= block && (!first || sighting.seconds <= first.seconds),
  );
  return { ...(last && { not_before: boundOf(last) }), ...(first && { not_after: boundOf(first) }) };
}

function boundOf(sighting: Sighting): TimeBound {
  return {
    at: timestampFromSeconds(sighting.seconds, 0),
    height: sighting.height,
    observed_by: sighting.observedBy,
    signed_by: signersOf(sighting),
  };
}

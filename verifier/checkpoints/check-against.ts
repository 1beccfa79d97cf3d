import { refuse } from '../faults.js';
import { findContradictions } from './contradictions.js';
import type { Sighting } from './sighting.js';

/**
 * That what evidence shows of the ledger and what the user has kept of it can be of one ledger that only grew.
 * @throws {EvidenceFault} CONTRADICTS_CHECKPOINT; CHECKPOINTS_DISAGREE where only the user's own contradict one another.
 */
export function checkAgainst(own: readonly Sighting[], kept: readonly Sighting[]): void {
  const contradictions = findContradictions([...own, ...kept]);
  const withOwn = contradictions.find(({ between }) => between.some((sighting) => own.includes(sighting)));
  if (withOwn) refuse('CONTRADICTS_CHECKPOINT', '/checkpoints', withOwn.detail);
  const [first] = contradictions;
  if (first) refuse('CHECKPOINTS_DISAGREE', '', first.detail);
}

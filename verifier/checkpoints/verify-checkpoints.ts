import { EvidenceFault } from '../faults.js';
import type { FaultCode } from '../faults.js';
import type { Trust } from '../trust.js';
import { verifyCheckpoint } from './verify-checkpoint.js';
import type { VerifiedCheckpoint } from './verify-checkpoint.js';

/** Those that hold, and why the others are not used. */
export interface CheckpointSet {
  verified: VerifiedCheckpoint[];
  refused: { index: number; code: FaultCode; detail: string }[];
}

/** Checks many checkpoints; what does not hold proves nothing, and keeps the others from nothing. */
export function verifyCheckpoints(documents: readonly Uint8Array[], trust: Trust): CheckpointSet {
  const set: CheckpointSet = { verified: [], refused: [] };
  for (const [index, document] of documents.entries()) {
    try {
      set.verified.push(verifyCheckpoint(document, trust));
    } catch (error) {
      if (!(error instanceof EvidenceFault)) throw error;
      set.refused.push({ index, code: error.code, detail: error.message });
    }
  }
  return set;
}

/** The verifier: evidence, and what its user trusts, in; a report out. Needs nothing but what a browser has. */
export { hashHeader, writeHeader } from './block/header.js';
export type { BlockHeader } from './block/header.js';
export { bracketOf } from './checkpoints/bracket.js';
export type { Bracket, TimeBound } from './checkpoints/bracket.js';
export { findContradictions } from './checkpoints/contradictions.js';
export type { Contradiction } from './checkpoints/contradictions.js';
export type { Sighting } from './checkpoints/sighting.js';
export { verifyCheckpoint } from './checkpoints/verify-checkpoint.js';
export type { VerifiedCheckpoint } from './checkpoints/verify-checkpoint.js';
export { EvidenceFault, FAULTS } from './faults.js';
export type { FaultCode } from './faults.js';
export { printReport } from './print.js';
export type { EventSummary, Report, SignerSummary, TimeBracket, Verdict } from './report.js';
export type { Statement } from './statements.js';
export { readTrust, TrustError } from './trust.js';
export type { Trust } from './trust.js';
export { verifyEvidence } from './verify-evidence.js';
export type { VerifyOptions } from './verify-evidence.js';

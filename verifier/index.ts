/** The verifier: evidence, and what its user trusts, in; a report out. Needs nothing but what a browser has. */
export { FAULTS } from './faults.js';
export type { FaultCode } from './faults.js';
export { printReport } from './print.js';
export type { EventSummary, Report, SignerSummary, TimeBracket, Verdict } from './report.js';
export type { Statement } from './statements.js';
export { readTrust, TrustError } from './trust.js';
export type { Trust } from './trust.js';
export { verifyEvidence } from './verify-evidence.js';
export type { VerifyOptions } from './verify-evidence.js';

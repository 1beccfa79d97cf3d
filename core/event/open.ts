import type { EventCore, Openings } from './schema.js';

/** @throws {AuditError} COMMITMENT_MISMATCH */
export function verifyOpenings(core: EventCore, openings: Openings): void {
  void core;
  void openings;
}

/** @throws {AuditError} COMMITMENT_MISMATCH */
export function verifyPresentOpenings(core: EventCore, openings: Openings): void {
  void core;
  void openings;
}

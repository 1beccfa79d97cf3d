import type { EventCore } from './schema.js';

/** An event with the hash that the next one points at. */
export interface ChainedEvent {
  core: EventCore;
  hash: string;
}

/** @throws {AuditError} HASH_MISMATCH, CHAIN_BROKEN */
export function verifyLink(previous: ChainedEvent | undefined, next: ChainedEvent): void {
  void previous;
  void next;
}

/** @throws {AuditError} HASH_MISMATCH, CHAIN_BROKEN */
export function verifyChain(events: readonly ChainedEvent[], previous?: ChainedEvent): void {
  void events;
  void previous;
}

import type { BenchEvent, SeedPlace } from '../workload.js';

/** What is measured: a store of audit events that is durable when a write returns. */
export interface System {
  readonly name: string;
  /** Versions and settings that matter, in one line. */
  readonly about: string;
  /** The server's processes, with those that they started; without any the measuring process does the work. */
  readonly pids: readonly number[];
  start(): Promise<void>;
  stop(): Promise<void>;
  /** @throws unless all events were recorded */
  write(events: BenchEvent[]): Promise<void>;
  /** Resolves when nothing of what was written is still being worked on. */
  rest?(): Promise<void>;
  readonly reads: Record<ReadName, (place: SeedPlace) => Promise<number>>;
  /** Bytes of everything that it keeps. */
  diskBytes(): number;
  /** What an outsider checks: the evidence of one event, fetched and verified. */
  prove?(place: SeedPlace): Promise<Proof>;
}

/** Times are in milliseconds. */
export interface Proof {
  bytes: number;
  fetchMs: number;
  verifyMs: number;
}

/** Each answers how many events it found. */
export const READ_NAMES = ['by id', 'agent and day, 50 newest', 'session path', 'by label'] as const;
export type ReadName = (typeof READ_NAMES)[number];

/** A system that cannot run here; the message says why in one line. */
export class Unavailable extends Error {}

import { restorePosted, utf8Length } from '../../core/index.js';
import type { AuditError, Head, SealedEvent } from '../../core/index.js';
import type { Draft } from './draft.js';
import type { Receipt } from './receipt.js';

/** What became of one posted event. `unknown` is safe to repeat; the problem says whether it can still be recorded. */
export type EventResult =
  | { status: 'recorded' | 'duplicate'; receipt: Receipt }
  | { status: 'conflict' | 'invalid' | 'unknown'; error: AuditError; locator?: string };

/** A client's `Idempotency-Key`, scoped to the token's subject. The journal gives it its number. */
export interface IdempotencyKey {
  subject: string;
  key: string;
  /** SHA-256 of the canonical content that came with it. */
  digest: string;
  id?: number;
}

/** One event on its way through the intake. */
export interface Entry {
  readonly draft: Draft;
  readonly submittedBy: string | undefined;
  readonly idempotency: { key: IdempotencyKey; position: number } | undefined;
  /** Events that share a number are recorded together or not at all. */
  readonly bundle: number | undefined;
  /** Decided for good by the agent (sealed drafts), else for the current try. */
  seal: SealedEvent | undefined;
  journalId: number | undefined;
  /** A transaction with this very seal was sent and may be on the ledger: the seal must not change until that is known. */
  maybeRecorded: boolean;
  /** Tries that got it nowhere. */
  attempts: number;
  readonly enqueuedAtMs: number;
  readonly settle: (result: EventResult) => void;
}

/** What the journal keeps of an entry. */
export interface JournaledEntry {
  journalId: number;
  kind: 'plain' | 'sealed';
  bundle: number | undefined;
  submittedBy: string | undefined;
  idempotency: { key: IdempotencyKey; position: number } | undefined;
  seal: SealedEvent;
}

/** The events of one session that wait, and the end of its chain as this gateway knows it. */
export interface SessionLane {
  readonly agentId: string;
  readonly sessionId: string;
  readonly pending: Entry[];
  /** `null`: the session has no event yet; `undefined`: to be read from the ledger. */
  head: Pick<Head, 'seq' | 'hash'> | null | undefined;
  /** One transaction in flight per session. */
  busy: boolean;
  /** Atomic recordings that wait to hold the lane. */
  readonly waiters: (() => void)[];
  /** After a fault of a shared transaction: travel alone, or even one by one, until it works. */
  caution: 'none' | 'alone' | 'one-by-one';
}

/** Entries of one lane that travel in one transaction. */
export interface Group {
  readonly lane: SessionLane;
  readonly entries: Entry[];
}

type NewEntry = Pick<Entry, 'draft' | 'submittedBy' | 'idempotency' | 'bundle'>;

export function createEntry(parts: NewEntry): { entry: Entry; settled: Promise<EventResult> } {
  return buildEntry({ ...parts, seal: undefined, journalId: undefined, maybeRecorded: false });
}

/** An entry of an earlier run: it may be on the ledger. */
export function resumeEntry(journaled: JournaledEntry): { entry: Entry; settled: Promise<EventResult> } {
  const { kind, seal, submittedBy, idempotency, bundle, journalId } = journaled;
  const bytes = utf8Length(JSON.stringify(seal));
  const size = { bytes, pointer: '' };
  const draft: Draft =
    kind === 'sealed'
      ? { kind, sealed: seal, ...size }
      : { kind, posted: restorePosted(seal.core, seal.openings), ...size };
  return buildEntry({ draft, submittedBy, idempotency, bundle, seal, journalId, maybeRecorded: true });
}

function buildEntry(parts: NewEntry & Pick<Entry, 'seal' | 'journalId' | 'maybeRecorded'>): {
  entry: Entry;
  settled: Promise<EventResult>;
} {
  let settle: Entry['settle'] | undefined;
  const settled = new Promise<EventResult>((resolve) => (settle = resolve));
  const entry: Entry = { ...parts, attempts: 0, enqueuedAtMs: Date.now(), settle: (result) => settle?.(result) };
  return { entry, settled };
}

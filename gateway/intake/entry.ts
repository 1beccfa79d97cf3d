import { restorePosted, writeSealed } from '../../core/index.js';
import type { AuditError, Head, PostedEvent, SealedEvent, WrittenSeal } from '../../core/index.js';
import { plainDraft, sealedDraft } from './draft.js';
import type { Draft } from './draft.js';
import type { Receipt } from './receipt.js';

/** What became of one posted event. `unknown` is safe to repeat; the problem says whether it can still be recorded. */
export type EventResult =
  | { status: 'recorded' | 'duplicate'; receipt: Receipt }
  | { status: 'conflict' | 'invalid' | 'unknown'; error: AuditError; locator?: string };

/** A request whose results are kept, because its client may ask for them: by its `Idempotency-Key`, or as a submission. */
export interface KeptRequest {
  /** Names it in `/v1/submissions/{id}`. */
  readonly submission: string;
  /** The token's subject: keys and submissions are its own. */
  readonly subject: string;
  readonly key: string | undefined;
  /** SHA-256 of the canonical content that came with the key. */
  readonly digest: string | null;
  readonly events: number;
  /** The journal's number of it. */
  id?: number | undefined;
}

/** One event of a kept request. */
export interface Asked {
  readonly request: KeptRequest;
  readonly position: number;
}

/** One event on its way through the intake. */
export interface Entry {
  readonly draft: Draft;
  readonly submittedBy: string | undefined;
  readonly request: Asked | undefined;
  /** Events that share a number are recorded together or not at all. */
  readonly bundle: number | undefined;
  /** Its client has a 202: it is never given up, whatever the network does. */
  readonly accepted: boolean;
  /** Decided for good by the agent (sealed drafts), else for the current try. */
  seal: WrittenSeal | undefined;
  /** The journal's number of it, from when it is on disk. */
  journalId: number | undefined;
  /** A transaction with this very seal was sent and may be on the ledger: the seal must not change until that is known. */
  maybeRecorded: boolean;
  /** Tries that got it nowhere. */
  attempts: number;
  readonly enqueuedAtMs: number;
  readonly settle: (result: EventResult) => void;
}

/** What the journal keeps of an entry: what was posted, or sealed by its agent, and its seal where it was given a place. */
export interface JournaledEntry {
  journalId: number;
  bundle: number | undefined;
  submittedBy: string | undefined;
  accepted: boolean;
  request: Asked | undefined;
  posted?: PostedEvent;
  sealed?: SealedEvent;
  seal?: SealedEvent;
}

/** A bundle's place in the line of a session: called when nothing before it is left. */
export interface Turn {
  readonly start: () => void;
}

/** The events of one session that wait, and the end of its chain as this gateway knows it. */
export interface SessionLane {
  readonly agentId: string;
  readonly sessionId: string;
  readonly pending: (Entry | Turn)[];
  /** `null`: the session has no event yet; `undefined`: to be read from the ledger. */
  head: Pick<Head, 'seq' | 'hash'> | null | undefined;
  /** One transaction in flight per session. */
  busy: boolean;
  /** After a fault of a shared transaction: travel alone, or even one by one, until it works. */
  caution: 'none' | 'alone' | 'one-by-one';
}

/** Entries of one lane that travel in one transaction. */
export interface Group {
  readonly lane: SessionLane;
  readonly entries: Entry[];
}

type NewEntry = Pick<Entry, 'draft' | 'submittedBy' | 'request' | 'bundle' | 'accepted'>;

/** What an earlier run knew of an entry. */
type Standing = Pick<Entry, 'seal' | 'journalId' | 'maybeRecorded'>;

const NEW: Standing = { seal: undefined, journalId: undefined, maybeRecorded: false };

export function createEntry(parts: NewEntry): { entry: Entry; settled: Promise<EventResult> } {
  return buildEntry(parts, NEW);
}

/** An entry of an earlier run: where it had a place it may be on the ledger. */
export function resumeEntry(journaled: JournaledEntry): { entry: Entry; settled: Promise<EventResult> } {
  const { seal, submittedBy, request, bundle, journalId, accepted } = journaled;
  const draft = resumeDraft(journaled);
  const standing = { seal: seal && writeSealed(seal), journalId, maybeRecorded: seal !== undefined };
  return buildEntry({ draft, submittedBy, request, bundle, accepted }, standing);
}

function resumeDraft({ posted, sealed, seal }: JournaledEntry): Draft {
  if (sealed) return sealedDraft(sealed, '');
  const plain = posted ?? (seal && restorePosted(seal.core, seal.openings));
  if (!plain) throw new Error('the journal holds an entry without an event');
  return plainDraft(plain, '');
}

/**
 * Member by member, here and for drafts: there is one for each event that waits. Spread into one another and with a
 * closure each, with a deadline for each event, they were a quarter of what the garbage collector had to carry along.
 */
function buildEntry(
  { draft, submittedBy, request, bundle, accepted }: NewEntry,
  { seal, journalId, maybeRecorded }: Standing,
): { entry: Entry; settled: Promise<EventResult> } {
  let settle: Entry['settle'] = () => undefined;
  const settled = new Promise<EventResult>((resolve) => (settle = resolve));
  const entry: Entry = {
    draft,
    submittedBy,
    request,
    bundle,
    accepted,
    seal,
    journalId,
    maybeRecorded,
    attempts: 0,
    enqueuedAtMs: Date.now(),
    settle,
  };
  return { entry, settled };
}

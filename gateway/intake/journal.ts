import path from 'node:path';
import { AuditError } from '../../core/index.js';
import type { Fault, PostedEvent, SealedEvent } from '../../core/index.js';
import { ConfigError } from '../config-error.js';
import type { Entry, EventResult, JournaledEntry, KeptRequest } from './entry.js';
import { lockFolder } from './folder-lock.js';
import { GroupCommit } from './group-commit.js';
import { JournalStore } from './journal-store.js';
import type { EntryRow, RequestRow, ResultRow, Retention } from './journal-store.js';

/** How often old requests are forgotten, and how many at a time: a little and often, so that nobody waits for it. */
const FORGET_EVERY_MS = 1000;
const FORGET_AT_ONCE = 4000;

interface Settled {
  entryId: number;
  row: ResultRow | undefined;
}

/**
 * What this gateway has accepted or sealed and does not know to be settled, and the results of requests that may be
 * asked for again. An event is here, on disk, before a transaction with it is submitted, so a crash or an unknown
 * outcome is followed by the same bytes again and never by a second event. Settled events leave with the next write:
 * leaving late is harmless.
 */
export class Journal {
  readonly #store: JournalStore;
  readonly #commits: GroupCommit;
  readonly #unlock: () => void;
  readonly #retention: Retention;
  #settled: Settled[] = [];
  #lastBundle: number;
  #keptEvents: number;
  #forgetAtMs = 0;

  private constructor(store: JournalStore, unlock: () => void, retention: Retention) {
    this.#store = store;
    this.#commits = new GroupCommit({
      write: (body) => this.#write(body),
      sync: () => store.sync(),
    });
    this.#unlock = unlock;
    this.#retention = retention;
    this.#lastBundle = store.lastBundle();
    this.#keptEvents = store.keptEvents();
  }

  /** @throws {ConfigError} where the folder cannot be written or another gateway uses it. */
  static open(dataDir: string, retention: Retention): Journal {
    const file = path.join(dataDir, 'journal.db');
    try {
      // Two gateways with one journal would resend each other's events.
      const unlock = lockFolder(dataDir);
      try {
        return new Journal(new JournalStore(file), unlock, retention);
      } catch (error) {
        unlock();
        throw error;
      }
    } catch (error) {
      throw new ConfigError(
        `The journal ${file} cannot be opened: it is damaged, not writable, or in use by another gateway.`,
        { cause: error },
      );
    }
  }

  /** Resolves when the entries are on disk as they stand: with their seals, or without where they have lost their place. */
  append(entries: readonly Entry[]): Promise<void> {
    return this.#append(entries, () => undefined);
  }

  /** Resolves when a request's events are on disk, with the results that are known already, by position. */
  async accept(
    request: KeptRequest,
    entries: readonly Entry[],
    known: ReadonlyMap<number, EventResult>,
  ): Promise<void> {
    const id = await this.#append(entries, () => {
      const requestId = this.#idOf(request);
      this.#store.putResults([...known].map(([position, result]) => toRow(requestId, position, result)));
      return requestId;
    });
    this.#note(request, id);
  }

  /** The entry's fate is known; what became of it is kept for as long as its request. */
  settle(entry: Entry, result: EventResult): void {
    const { journalId, request: of } = entry;
    if (journalId === undefined) return;
    const requestId = of?.request.id;
    const row = of && requestId !== undefined ? toRow(requestId, of.position, result) : undefined;
    this.#settled.push({ entryId: journalId, row });
  }

  /** Writes what changes nothing. Rejects where nothing can be written, as on a full disk. */
  proveWritable(): Promise<void> {
    return this.#commits.run(() => this.#store.touch());
  }

  nextBundle(): number {
    return ++this.#lastBundle;
  }

  /** What has its place in the order of places, then what waits for one in the order in which it was accepted. */
  unsettled(): JournaledEntry[] {
    const requests = new Map<number, KeptRequest | undefined>();
    const requestOf = (id: number) => {
      if (!requests.has(id)) requests.set(id, toRequest(this.#store.request(id)));
      return requests.get(id);
    };
    const entries = this.#store.entries().map((row) => fromRow(row, requestOf));
    return entries.sort(
      (a, b) => (a.seal?.core.seq ?? Infinity) - (b.seal?.core.seq ?? Infinity) || a.journalId - b.journalId,
    );
  }

  findKey(subject: string, key: string): KeptRequest | undefined {
    return toRequest(this.#store.requestOfKey(subject, key));
  }

  findSubmission(submission: string): KeptRequest | undefined {
    return toRequest(this.#store.requestOfSubmission(submission));
  }

  /** What is known of a request's events, by position. */
  resultsOf({ id }: KeptRequest): Map<number, EventResult> {
    if (id === undefined) return new Map();
    const waiting = this.#settled.flatMap(({ row }) => (row?.request_id === id ? [row] : []));
    return new Map([...this.#store.resultsOf(id), ...waiting].map((row) => [row.position, fromResult(row)]));
  }

  close(): void {
    this.#write(() => undefined);
    this.#store.close();
    this.#unlock();
  }

  /** One transaction, with everything that has settled since the last. */
  #write<T>(body: () => T): T {
    const settled = this.#settled;
    const result = this.#store.write(() => {
      if (settled.length > 0) {
        this.#store.deleteEntries(settled.map(({ entryId }) => entryId));
        this.#store.putResults(settled.flatMap(({ row }) => row ?? []));
      }
      this.#forgetOld();
      return body();
    });
    this.#settled = this.#settled.slice(settled.length);
    return result;
  }

  /** @param also what is written with the entries, in the same transaction. */
  async #append<T>(entries: readonly Entry[], also: () => T): Promise<T> {
    const contents = entries.map(contentOf);
    const { rows, value } = await this.#commits.run(() => ({
      rows: entries.map((entry, index) => this.#put(entry, contents[index] ?? '')),
      value: also(),
    }));
    // Not before they are on disk: an entry with a number is known, one that could not be written is not.
    for (const [index, entry] of entries.entries()) {
      const row = rows[index];
      entry.journalId = row?.id;
      if (entry.request && row?.requestId != null) this.#note(entry.request.request, row.requestId);
    }
    return value;
  }

  #put(entry: Entry, content: string): { id: number; requestId: number | null } {
    const { draft, bundle, submittedBy, request: of, journalId, accepted, seal } = entry;
    const placed = seal === undefined ? 0 : 1;
    const requestId = of ? this.#idOf(of.request) : null;
    if (journalId !== undefined) {
      this.#store.updateEntry({ id: journalId, placed, content });
      return { id: journalId, requestId };
    }
    const id = this.#store.insertEntry({
      kind: draft.kind,
      bundle: bundle ?? null,
      submitted_by: submittedBy ?? null,
      accepted: accepted ? 1 : 0,
      request_id: requestId,
      position: of?.position ?? null,
      placed,
      content,
    });
    return { id, requestId };
  }

  #idOf(request: KeptRequest): number {
    const { submission, subject, key = null, digest, events } = request;
    const known = request.id ?? this.#store.requestOfSubmission(submission)?.id;
    return known ?? this.#store.insertRequest({ submission, subject, key, digest, events });
  }

  /** After the commit: a number that was rolled back names nothing. */
  #note(request: KeptRequest, id: number): void {
    if (request.id !== undefined) return;
    request.id = id;
    this.#keptEvents += request.events;
  }

  #forgetOld(): void {
    const now = Date.now();
    if (now < this.#forgetAtMs) return;
    this.#forgetAtMs = now + FORGET_EVERY_MS;
    const { keepMs, keepEvents } = this.#retention;
    this.#keptEvents -= this.#store.forget(now - keepMs, this.#keptEvents - keepEvents, FORGET_AT_ONCE);
  }
}

/** What the journal has to know to send the entry again. */
function contentOf({ draft, seal }: Entry): string {
  if (draft.kind === 'sealed') return JSON.stringify(draft.sealed);
  return JSON.stringify(seal ?? draft.posted);
}

function fromRow(row: EntryRow, requestOf: (id: number) => KeptRequest | undefined): JournaledEntry {
  const { id, kind, request_id: requestId, position } = row;
  const request = requestId === null ? undefined : requestOf(requestId);
  const content: unknown = JSON.parse(row.content);
  return {
    journalId: id,
    bundle: row.bundle ?? undefined,
    submittedBy: row.submitted_by ?? undefined,
    accepted: row.accepted === 1,
    request: request && { request, position: position ?? 0 },
    ...(kind === 'sealed' && { sealed: content as SealedEvent }),
    ...(kind === 'plain' && row.placed === 0 && { posted: content as PostedEvent }),
    ...(row.placed === 1 && { seal: content as SealedEvent }),
  };
}

function toRequest(row: RequestRow | undefined): KeptRequest | undefined {
  if (!row) return undefined;
  const { id, submission, subject, key, digest, events } = row;
  return { id, submission, subject, key: key ?? undefined, digest, events };
}

function toRow(requestId: number, position: number, result: EventResult): ResultRow {
  const kept: KeptResult = 'error' in result ? { ...result, error: result.error.toFault() } : result;
  return { request_id: requestId, position, result: JSON.stringify(kept) };
}

type KeptResult =
  | Exclude<EventResult, { error: AuditError }>
  | (Omit<Extract<EventResult, { error: AuditError }>, 'error'> & { error: Fault });

function fromResult({ result }: ResultRow): EventResult {
  const kept = JSON.parse(result) as KeptResult;
  return 'error' in kept ? { ...kept, error: AuditError.fromFault(kept.error) } : kept;
}

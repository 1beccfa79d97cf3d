import path from 'node:path';
import { ConfigError } from '../config-error.js';
import type { Entry, EventResult, JournaledEntry, KeptRequest } from './entry.js';
import { lockFolder } from './folder-lock.js';
import { GroupCommit } from './group-commit.js';
import { JournalStore } from './journal-store.js';
import type { RequestRow, ResultRow, Retention } from './journal-store.js';
import { fromResult, toResultRow } from './kept-result.js';
import { readSheet, toJournaled, writeEntry, writeEvent, writeSheet } from './sheet.js';
import type { SheetEntry } from './sheet.js';

/** How often old requests are forgotten, and how many at a time: a little and often, so that nobody waits for it. */
const FORGET_EVERY_MS = 1000;
const FORGET_AT_ONCE = 4000;

/** Where an entry stands on disk: in which of the sheets, and of how many that are still there. */
interface Standing {
  sheet: { id: number; left: number };
  requestId: number | null;
}

/** An entry that has left its sheet, which the disk is not told yet, and what became of it where that is kept. */
interface Left {
  sheet: Standing['sheet'];
  entry: number;
  result?: ResultRow | undefined;
}

/**
 * What this gateway has accepted or sealed and does not know to be settled, and the results of requests that may be
 * asked for again. An event is here, on disk, before a transaction with it is submitted, so a crash or an unknown
 * outcome is followed by the same bytes again and never by a second event. Settled events leave with the next write:
 * leaving late is harmless. What is written together is one sheet, because a row costs as much as an event's other work
 * on disk; it leaves when the last of its events has left.
 */
export class Journal {
  readonly #store: JournalStore;
  readonly #commits: GroupCommit;
  readonly #unlock: () => void;
  readonly #retention: Retention;
  readonly #standing = new Map<number, Standing>();
  #left: Left[] = [];
  /** What is remembered of a write once it is committed. */
  #onCommit: (() => void)[] = [];
  #lastEntry = 0;
  #lastBundle = 0;
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
    this.#keptEvents = store.keptEvents();
    this.#takeUp();
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
      this.#store.putResults([...known].map(([position, result]) => toResultRow(requestId, position, result)));
      return requestId;
    });
    this.#note(request, id);
  }

  /** The entry's fate is known; what became of it is kept for as long as its request. */
  settle(entry: Entry, result: EventResult): void {
    const { journalId, request: of } = entry;
    if (journalId === undefined) return;
    const requestId = of?.request.id;
    this.#leave(journalId, of && requestId !== undefined ? toResultRow(requestId, of.position, result) : undefined);
    this.#standing.delete(journalId);
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
    const entries = this.#read().map(({ kept }) =>
      toJournaled(kept, kept.request_id === null ? undefined : requestOf(kept.request_id)),
    );
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
    const waiting = this.#left.flatMap(({ result }) => (result?.request_id === id ? [result] : []));
    return new Map([...this.#store.resultsOf(id), ...waiting].map((row) => [row.position, fromResult(row)]));
  }

  close(): void {
    this.#write(() => undefined);
    this.#store.close();
    this.#unlock();
  }

  /** What an earlier run left on disk. */
  #takeUp(): void {
    const sheets = new Map(this.#store.sheets().map(({ id }) => [id, { id, left: 0 }]));
    for (const { sheetId, kept } of this.#read()) {
      const sheet = sheets.get(sheetId);
      if (!sheet) continue;
      sheet.left++;
      this.#standing.set(kept.id, { sheet, requestId: kept.request_id });
      this.#lastEntry = Math.max(this.#lastEntry, kept.id);
      this.#lastBundle = Math.max(this.#lastBundle, kept.bundle ?? 0);
    }
    const empty = [...sheets.values()].filter(({ left }) => left === 0);
    this.#store.deleteSheets(empty.map(({ id }) => id));
  }

  #read(): { sheetId: number; kept: SheetEntry }[] {
    const gone = new Set(this.#store.goneEntries().map(({ sheet, entry }) => `${sheet} ${entry}`));
    return this.#store
      .sheets()
      .flatMap(({ id: sheetId, content }) => readSheet(content).map((kept) => ({ sheetId, kept })))
      .filter(({ sheetId, kept }) => !gone.has(`${sheetId} ${kept.id}`));
  }

  /** One transaction, with everything that has left since the last. */
  #write<T>(body: () => T): T {
    const left = this.#left;
    this.#onCommit = [];
    const result = this.#store.write(() => {
      const empty = new Set(left.flatMap(({ sheet }) => (sheet.left === 0 ? sheet.id : [])));
      this.#store.deleteSheets([...empty]);
      this.#store.putGone(left.flatMap(({ sheet, entry }) => (sheet.left > 0 ? { sheet: sheet.id, entry } : [])));
      this.#store.putResults(left.flatMap(({ result: row }) => row ?? []));
      this.#forgetOld();
      return body();
    });
    this.#left = this.#left.slice(left.length);
    for (const remember of this.#onCommit) remember();
    return result;
  }

  /** @param also what is written with the entries, in the same transaction. */
  async #append<T>(entries: readonly Entry[], also: () => T): Promise<T> {
    const events = entries.map(writeEvent);
    const { written, value } = await this.#commits.run(() => ({
      written: entries.length > 0 ? this.#put(entries, events) : [],
      value: also(),
    }));
    // Not before they are on disk: an entry with a number is known, one that could not be written is not.
    for (const [index, entry] of entries.entries()) {
      const { id, requestId } = written[index] ?? {};
      entry.journalId = id;
      if (entry.request && requestId != null) this.#note(entry.request.request, requestId);
    }
    return value;
  }

  /** Writes a sheet of the entries; those that stand in another one leave it. */
  #put(entries: readonly Entry[], events: readonly string[]): { id: number; requestId: number | null }[] {
    const written = entries.map(({ journalId, request }) => ({
      id: journalId ?? ++this.#lastEntry,
      requestId: request ? this.#idOf(request.request) : null,
    }));
    const texts = entries.map((entry, index) => {
      const { id = 0, requestId = null } = written[index] ?? {};
      return writeEntry(entry, id, requestId, events[index] ?? '');
    });
    const sheet = { id: this.#store.insertSheet(writeSheet(texts)), left: entries.length };
    const moved = written.flatMap(({ id }) => {
      const before = this.#standing.get(id);
      return before ? { sheet: before.sheet.id, entry: id } : [];
    });
    this.#store.putGone(moved);
    this.#onCommit.push(() => {
      for (const { id, requestId } of written) {
        this.#leave(id);
        this.#standing.set(id, { sheet, requestId });
      }
    });
    return written;
  }

  #leave(entry: number, result?: ResultRow): void {
    const sheet = this.#standing.get(entry)?.sheet;
    if (!sheet) return;
    sheet.left--;
    this.#left.push({ sheet, entry, result });
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
    const waiting = new Set([...this.#standing.values()].flatMap(({ requestId }) => requestId ?? []));
    const limits = { beforeMs: now - keepMs, excessEvents: this.#keptEvents - keepEvents, most: FORGET_AT_ONCE };
    this.#keptEvents -= this.#store.forget([...waiting], limits);
  }
}

function toRequest(row: RequestRow | undefined): KeptRequest | undefined {
  if (!row) return undefined;
  const { id, submission, subject, key, digest, events } = row;
  return { id, submission, subject, key: key ?? undefined, digest, events };
}

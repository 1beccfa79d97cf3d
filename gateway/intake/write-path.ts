import { createHash, randomUUID } from 'node:crypto';
import { AuditError, canonicalize, LIMITS } from '../../core/index.js';
import type { JsonValue } from '../../core/index.js';
import type { AuditLedger } from '../ledger/audit-ledger.js';
import { Backlog } from './backlog.js';
import type { BacklogLimits } from './backlog.js';
import { withDeadline } from './deadline.js';
import { partsOf, parseDraft } from './draft.js';
import type { Draft } from './draft.js';
import { createEntry, resumeEntry } from './entry.js';
import type { Entry, EventResult, KeptRequest } from './entry.js';
import { Idempotency } from './idempotency.js';
import type { Handled, Recording } from './idempotency.js';
import type { Journal } from './journal.js';
import { RecordingHealth } from './recording-health.js';
import { ReceiptReader } from './receipt-reader.js';
import { Sequencer } from './sequencer.js';
import type { IntakeObserver, SequencerOptions } from './sequencer.js';
import { refusalOf } from './settling.js';

/** Who posts, and how. */
export interface WriteContext {
  /** Subject of the token; kept on the ledger with what it recorded. */
  subject: string;
  mayWrite: (agentId: string) => boolean;
  /** All or nothing, in one transaction. */
  atomic?: boolean;
  idempotencyKey?: string | undefined;
}

/** One thing that was posted: its JSON, or what was wrong with its line. `pointer` is its place in the request. */
export type PostedItem = { pointer: string } & ({ value: JsonValue } | { error: AuditError });

/** What became of the events of a request so far, in their order. */
export interface Submission {
  id: string;
  results: (EventResult | { status: 'accepted' })[];
}

export interface WritePathOptions extends SequencerOptions, BacklogLimits {
  /** Milliseconds until unsettled events are answered `unknown`; the work goes on. */
  answerMs: number;
}

type Drafts = readonly (Draft | AuditError)[];

/** The way of events from a request onto the ledger. Every way in (events, batches, traces) uses it. */
export class WritePath {
  readonly #owner: string;
  readonly #journal: Journal;
  readonly #backlog: Backlog;
  readonly #health: RecordingHealth;
  readonly #sequencer: Sequencer;
  readonly #idempotency: Idempotency;
  readonly #options: WritePathOptions;
  #closing = false;

  constructor(parts: { ledger: AuditLedger; journal: Journal; observer: IntakeObserver }, options: WritePathOptions) {
    this.#owner = parts.ledger.network.mspId;
    this.#journal = parts.journal;
    this.#options = options;
    this.#backlog = new Backlog(options);
    this.#health = new RecordingHealth(async () => {
      await parts.journal.proveWritable();
      await parts.ledger.probeEndorsement();
    });
    const own = { health: this.#health, receipts: new ReceiptReader(parts.ledger), backlog: this.#backlog };
    this.#sequencer = new Sequencer({ ...parts, ...own }, options);
    this.#idempotency = new Idempotency(parts.journal);
    this.#resume();
  }

  /**
   * Records posted events; one result each, in order. One bad event never blocks the others, except in an atomic call.
   * @throws {AuditError} OVERLOADED, SHUTTING_DOWN, IDEMPOTENCY_CONFLICT: then nothing was accepted;
   *   in an atomic call the fault of the first bad event as well.
   */
  async recordEvents(items: readonly PostedItem[], context: WriteContext): Promise<EventResult[]> {
    const { results } = this.#handle(items, this.#readAll(items, context), context, false);
    return this.#inTime(results);
  }

  /**
   * Accepts posted events: they are on disk, and will be recorded whatever happens to this process or the network.
   * @returns the submission under which their results can be asked for; results where there is nothing to wait for,
   *   or where somebody waits already for the same request.
   * @throws {AuditError} as `recordEvents`
   */
  async acceptEvents(items: readonly PostedItem[], context: WriteContext): Promise<Submission | EventResult[]> {
    const drafts = this.#readAll(items, context);
    if (drafts.every((draft) => draft instanceof AuditError)) return drafts.map((fault) => refusalOf(fault));
    const { request, results, onDisk } = this.#handle(items, drafts, context, true);
    if (!onDisk) return this.#inTime(results);
    await onDisk;
    return this.#stateOf(request);
  }

  /** What became of a request that the same subject has posted; it is kept for a while (`gateway/config.ts`). */
  findSubmission(id: string, subject: string): Submission | undefined {
    const request = this.#journal.findSubmission(id);
    return request?.subject === subject ? this.#stateOf(request) : undefined;
  }

  /** Whether what is posted now is likely to be recorded, as far as earlier posts have shown. */
  canRecord(): Promise<boolean> {
    return this.#health.canRecord();
  }

  /** Finishes what was accepted; what takes longer than this goes on at the next start. */
  async close(drainMs: number): Promise<void> {
    this.#closing = true;
    await withDeadline(this.#backlog.idle(), drainMs, () => undefined);
    this.#sequencer.stop();
  }

  /**
   * What is not known by then is answered so. One deadline for all of them: a timer and a race for each event take as
   * much memory as the event. Where it passes, the receipts that are there are held until the last event is settled.
   */
  async #inTime(results: readonly Promise<EventResult>[]): Promise<EventResult[]> {
    const all = await withDeadline(Promise.all(results), this.#options.answerMs, () => undefined);
    if (all) return all;
    const late = Promise.resolve(notYet());
    // Of promises that are settled the first wins.
    return Promise.all(results.map((result) => Promise.race([result, late])));
  }

  #stateOf(request: KeptRequest): Submission {
    const known = this.#journal.resultsOf(request);
    const positions = Array.from({ length: request.events }, (_, position) => position);
    return {
      id: request.submission,
      results: positions.map((position) => known.get(position) ?? { status: 'accepted' }),
    };
  }

  #readAll(items: readonly PostedItem[], context: WriteContext): Drafts {
    if (this.#closing) throw new AuditError('SHUTTING_DOWN', 'The gateway is shutting down.');
    this.#backlog.requireRoom(items.length, context.subject);
    const drafts = items.map((item) => this.#read(item, context));
    const bad = context.atomic ? drafts.find((draft) => draft instanceof AuditError) : undefined;
    if (bad) throw bad;
    return drafts;
  }

  #read(item: PostedItem, context: WriteContext): Draft | AuditError {
    if ('error' in item) return item.error;
    try {
      const draft = parseDraft(item.value, this.#owner, item.pointer);
      const { agent_id: agentId } = partsOf(draft);
      if (context.mayWrite(agentId)) return draft;
      return AuditError.at(`${item.pointer}/agent_id`, 'FORBIDDEN', 'the token does not allow events of this agent');
    } catch (error) {
      if (error instanceof AuditError) return error;
      throw error;
    }
  }

  #handle(items: readonly PostedItem[], drafts: Drafts, context: WriteContext, accepting: boolean): Handled {
    const { subject, idempotencyKey: key } = context;
    const request = { submission: randomUUID(), subject, key, digest: null, events: drafts.length };
    const record = (of: KeptRequest, positions: ReadonlySet<number>) =>
      this.#record(drafts, positions, context, { request: of, accepting });
    if (key !== undefined) return this.#idempotency.once({ ...request, key, digest: digestOf(items, context) }, record);
    const { results, onDisk } = record(request, new Set(drafts.keys()));
    return { request, results: [...results.values()], onDisk };
  }

  #record(
    drafts: Drafts,
    positions: ReadonlySet<number>,
    context: WriteContext,
    { request, accepting }: { request: KeptRequest; accepting: boolean },
  ): Recording {
    const { atomic, subject: submittedBy } = context;
    const isKept = accepting || request.key !== undefined;
    const entries: Entry[] = [];
    const refused = new Map<number, EventResult>();
    const bundle = atomic ? this.#journal.nextBundle() : undefined;
    const results = new Map<number, Promise<EventResult>>();
    for (const position of positions) {
      const draft = drafts[position];
      if (!draft) continue;
      if (draft instanceof AuditError) {
        refused.set(position, refusalOf(draft));
        results.set(position, Promise.resolve(refusalOf(draft)));
        continue;
      }
      const asked = isKept ? { request, position } : undefined;
      const { entry, settled } = createEntry({ draft, submittedBy, request: asked, bundle, accepted: accepting });
      entries.push(entry);
      results.set(position, settled);
    }
    this.#backlog.admit(entries);
    if (accepting) return { results, onDisk: this.#sendOnceOnDisk(request, entries, refused) };
    this.#send(entries);
    return { results, onDisk: undefined };
  }

  async #sendOnceOnDisk(request: KeptRequest, entries: Entry[], refused: Map<number, EventResult>): Promise<void> {
    try {
      await this.#journal.accept(request, entries, refused);
    } catch (error) {
      const fault = refusalOf(new AuditError('INTERNAL', 'The event could not be written to the journal.'));
      for (const entry of entries) {
        this.#backlog.release(entry);
        entry.settle(fault);
      }
      throw error;
    }
    this.#send(entries);
  }

  #send(entries: readonly Entry[]): void {
    const [first] = entries;
    if (!first) return;
    if (first.bundle === undefined) this.#sequencer.enqueue(entries);
    else void this.#sequencer.enqueueBundle(entries);
  }

  /** What an earlier run accepted or sealed and did not see settled goes again; the contract knows what it has. */
  #resume(): void {
    const bundles = new Map<number, Entry[]>();
    const sendings: Entry[][] = [];
    for (const journaled of this.#journal.unsettled()) {
      const { entry, settled } = resumeEntry(journaled);
      if (entry.request) this.#idempotency.resume(entry.request, settled);
      const begun = entry.bundle === undefined ? undefined : bundles.get(entry.bundle);
      if (begun) {
        begun.push(entry);
        continue;
      }
      const sending = [entry];
      sendings.push(sending);
      if (entry.bundle !== undefined) bundles.set(entry.bundle, sending);
    }
    this.#backlog.resume(sendings.flat());
    for (const sending of sendings) this.#send(sending);
  }
}

function notYet(): EventResult {
  return refusalOf(new AuditError('OUTCOME_UNKNOWN', 'It is accepted and not recorded yet; it is safe to repeat.'));
}

/** SHA-256 of what came with an idempotency key, in a form that spacing and the order of members do not change. */
function digestOf(items: readonly PostedItem[], context: WriteContext): string {
  const content = items.map((item) => ('value' in item ? item.value : item.error.code));
  return createHash('sha256')
    .update(canonicalize([context.atomic === true, ...content], LIMITS.envelopeDepth))
    .digest('hex');
}

import { createHash } from 'node:crypto';
import { AuditError, canonicalize, LIMITS } from '../../core/index.js';
import type { JsonValue } from '../../core/index.js';
import type { AuditLedger } from '../ledger/audit-ledger.js';
import { withDeadline } from './deadline.js';
import { partsOf, parseDraft } from './draft.js';
import type { Draft } from './draft.js';
import { createEntry, resumeEntry } from './entry.js';
import type { Entry, EventResult, IdempotencyKey } from './entry.js';
import { Idempotency } from './idempotency.js';
import type { RecordMissing } from './idempotency.js';
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

export interface WritePathOptions extends SequencerOptions {
  queuedEvents: number;
  queuedBytes: number;
  /** Milliseconds until unsettled events are answered `unknown`; the work goes on. */
  answerMs: number;
}

/** The way of events from a request onto the ledger. Every way in (events, batches, traces) uses it. */
export class WritePath {
  readonly #owner: string;
  readonly #journal: Journal;
  readonly #health: RecordingHealth;
  readonly #sequencer: Sequencer;
  readonly #idempotency: Idempotency;
  readonly #options: WritePathOptions;
  #closing = false;

  constructor(parts: { ledger: AuditLedger; journal: Journal; observer: IntakeObserver }, options: WritePathOptions) {
    this.#owner = parts.ledger.network.mspId;
    this.#journal = parts.journal;
    this.#options = options;
    this.#health = new RecordingHealth(async () => {
      parts.journal.assertWritable();
      await parts.ledger.probeEndorsement();
    });
    this.#sequencer = new Sequencer(
      { ...parts, health: this.#health, receipts: new ReceiptReader(parts.ledger) },
      options,
    );
    this.#idempotency = new Idempotency(parts.journal);
    this.#resume();
  }

  /**
   * Records posted events; one result each, in order. One bad event never blocks the others, except in an atomic call.
   * @throws {AuditError} OVERLOADED, SHUTTING_DOWN, IDEMPOTENCY_CONFLICT: then nothing was accepted;
   *   in an atomic call the fault of the first bad event as well.
   */
  async recordEvents(items: readonly PostedItem[], context: WriteContext): Promise<EventResult[]> {
    this.#requireRoom(items.length);
    const drafts = items.map((item) => this.#read(item, context));
    const bad = context.atomic ? drafts.find((draft) => draft instanceof AuditError) : undefined;
    if (bad) throw bad;
    const results = this.#start(items, drafts, context);
    const late = refusalOf(
      new AuditError('OUTCOME_UNKNOWN', 'It is accepted and not recorded yet; it is safe to repeat.'),
    );
    return Promise.all(results.map((result) => withDeadline(result, this.#options.answerMs, late)));
  }

  /** Whether what is posted now is likely to be recorded, as far as earlier posts have shown. */
  canRecord(): Promise<boolean> {
    return this.#health.canRecord();
  }

  /** Finishes what was accepted; what takes longer than this goes on at the next start. */
  async close(drainMs: number): Promise<void> {
    this.#closing = true;
    await withDeadline(this.#sequencer.idle(), drainMs, undefined);
    this.#sequencer.stop();
  }

  #requireRoom(count: number): void {
    if (this.#closing) throw new AuditError('SHUTTING_DOWN', 'The gateway is shutting down.');
    const { events, bytes } = this.#sequencer.backlog;
    if (events + count > this.#options.queuedEvents || bytes > this.#options.queuedBytes) {
      throw new AuditError('OVERLOADED', `${events} events are waiting to be recorded.`);
    }
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

  #start(items: readonly PostedItem[], drafts: (Draft | AuditError)[], context: WriteContext): Promise<EventResult>[] {
    const record: RecordMissing = (positions, key) => this.#enqueue(drafts, positions, context, key);
    if (context.idempotencyKey === undefined) {
      return [...record(new Set(drafts.keys()), undefined).values()];
    }
    const key = { subject: context.subject, key: context.idempotencyKey, digest: digestOf(items, context) };
    return this.#idempotency.once(key, drafts.length, record);
  }

  #enqueue(
    drafts: readonly (Draft | AuditError)[],
    positions: ReadonlySet<number>,
    context: WriteContext,
    key: IdempotencyKey | undefined,
  ): Map<number, Promise<EventResult>> {
    const entries: Entry[] = [];
    const bundle = context.atomic ? this.#journal.nextBundle() : undefined;
    const results = new Map<number, Promise<EventResult>>();
    for (const position of positions) {
      const draft = drafts[position];
      if (!draft) continue;
      if (draft instanceof AuditError) {
        results.set(position, Promise.resolve(refusalOf(draft)));
        continue;
      }
      const idempotency = key && { key, position };
      const { entry, settled } = createEntry({ draft, submittedBy: context.subject, idempotency, bundle });
      entries.push(entry);
      results.set(position, settled);
    }
    this.#send(entries, bundle);
    return results;
  }

  #send(entries: readonly Entry[], bundle: number | undefined): void {
    if (bundle === undefined) this.#sequencer.enqueue(entries);
    else if (entries.length > 0) void this.#sequencer.enqueueBundle(entries);
  }

  /** What an earlier run sealed and did not see settled is sent again as it was; the contract knows what it has. */
  #resume(): void {
    const bundles = new Map<number | undefined, Entry[]>();
    for (const journaled of this.#journal.unsettled()) {
      const { entry, settled } = resumeEntry(journaled);
      if (entry.idempotency) this.#idempotency.resume(entry.idempotency, settled);
      bundles.set(entry.bundle, [...(bundles.get(entry.bundle) ?? []), entry]);
    }
    for (const [bundle, entries] of bundles) this.#send(entries, bundle);
  }
}

/** SHA-256 of what came with an idempotency key, in a form that spacing and the order of members do not change. */
function digestOf(items: readonly PostedItem[], context: WriteContext): string {
  const content = items.map((item) => ('value' in item ? item.value : item.error.code));
  return createHash('sha256')
    .update(canonicalize([context.atomic === true, ...content], LIMITS.envelopeDepth))
    .digest('hex');
}

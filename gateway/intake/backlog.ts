import { AuditError } from '../../core/index.js';
import { partsOf } from './draft.js';
import type { Draft } from './draft.js';

export interface BacklogLimits {
  queuedEvents: number;
  queuedBytes: number;
}

/** Who has how much in the queue. */
interface Share {
  events: number;
  bytes: number;
}

interface Owned {
  readonly draft: Draft;
  readonly submittedBy: string | undefined;
}

const NOTHING: Share = { events: 0, bytes: 0 };

/**
 * What is accepted and not settled: bounded in events and in bytes, and shared. A token may hold as much as is free,
 * and an agent as much as its token may still take: whoever floods stops himself while there is room for the others
 * (dynamic thresholds, Choudhury and Hahne 1998). Alone on the gateway an agent gets a third of the queue.
 */
export class Backlog {
  readonly #limit: Share;
  #all = NOTHING;
  readonly #subjects = new Map<string, Share>();
  readonly #agents = new Map<string, Share>();
  readonly #idleWaiters: (() => void)[] = [];

  constructor({ queuedEvents, queuedBytes }: BacklogLimits) {
    this.#limit = { events: queuedEvents, bytes: queuedBytes };
  }

  get events(): number {
    return this.#all.events;
  }

  /**
   * Whether so many more could be taken in, as far as that can be told before they are read.
   * @throws {AuditError} OVERLOADED
   */
  requireRoom(events: number, subject: string): void {
    const { events: waiting } = this.#all;
    if (waiting + events <= this.#limit.events && this.#freeFor(subject, 'events') > 0) return;
    throw new AuditError('OVERLOADED', `${waiting} events are waiting to be recorded.`);
  }

  /**
   * Takes all of the entries in, or none. They are of one token.
   * @throws {AuditError} OVERLOADED where all of them or those of an agent are more than there is room for.
   */
  admit(entries: readonly Owned[]): void {
    const [first] = entries;
    if (!first) return;
    const added = new Map<string, Share>();
    for (const entry of entries) added.set(agentOf(entry), plus(added.get(agentOf(entry)), entry.draft));
    for (const unit of ['events', 'bytes'] as const) {
      let sum = 0;
      for (const [agent, share] of added) {
        const ofAgent = this.#agents.get(agent)?.[unit] ?? 0;
        sum += share[unit];
        if (ofAgent + share[unit] <= this.#freeFor(subjectOf(first), unit) && sum <= this.#free(unit)) continue;
        throw new AuditError('OVERLOADED', `${this.#all.events} events are waiting; the share of ${agent} is used up.`);
      }
    }
    this.resume(entries);
  }

  /** Takes in what an earlier run accepted: there is no refusing it any more. */
  resume(entries: readonly Owned[]): void {
    for (const entry of entries) this.#change(entry, plus);
  }

  release(entry: Owned): void {
    this.#change(entry, minus);
    if (this.#all.events === 0) for (const wake of this.#idleWaiters.splice(0)) wake();
  }

  /** Resolves when everything that was accepted is settled. */
  async idle(): Promise<void> {
    if (this.#all.events > 0) await new Promise<void>((resolve) => this.#idleWaiters.push(resolve));
  }

  #free(unit: keyof Share): number {
    return this.#limit[unit] - this.#all[unit];
  }

  #freeFor(subject: string, unit: keyof Share): number {
    return this.#free(unit) - (this.#subjects.get(subject)?.[unit] ?? 0);
  }

  #change(entry: Owned, by: typeof plus): void {
    this.#all = by(this.#all, entry.draft);
    for (const [shares, name] of [
      [this.#subjects, subjectOf(entry)],
      [this.#agents, agentOf(entry)],
    ] as const) {
      const share = by(shares.get(name), entry.draft);
      if (share.events === 0) shares.delete(name);
      else shares.set(name, share);
    }
  }
}

function subjectOf({ submittedBy }: Owned): string {
  return submittedBy ?? '';
}

function agentOf({ draft }: Owned): string {
  return partsOf(draft).agent_id;
}

function plus({ events, bytes }: Share = NOTHING, draft: Draft): Share {
  return { events: events + 1, bytes: bytes + draft.bytes };
}

function minus({ events, bytes }: Share = NOTHING, draft: Draft): Share {
  return { events: events - 1, bytes: bytes - draft.bytes };
}

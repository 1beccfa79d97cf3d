import { setTimeout as wait } from 'node:timers/promises';
import type { PostedEventInput } from '../../core/index.js';
import type { BatchAnswer, SubmissionAnswer } from '../../gateway/routes/batch-answer.js';
import type { Receipt } from '../../gateway/intake/receipt.js';
import { Answer } from '../support/api.js';
import type { Api } from '../support/api.js';
import { newEvent } from '../support/events.js';
import { sendSlowly } from './send-slowly.js';

/** How an agent posts. One that repeats does so with an Idempotency-Key, and before it has its answer. */
export const HABITS = ['waits', 'goes on', 'batches', 'batches and goes on', 'repeats', 'is slow'] as const;
export type Habit = (typeof HABITS)[number];

/** What its poster knows of an event: nothing certain, that it was taken (201, 202), or its place in the chain as well. */
export type Known = 'unsure' | 'acknowledged' | number;

/** One session of an agent: what it knows of each event, in the order in which it posted them. */
export interface SessionLog {
  readonly agentId: string;
  readonly sessionId: string;
  readonly known: Known[];
}

/** A submission, and where in its session's log its events are. */
export interface SubmissionLog {
  readonly location: string;
  readonly session: SessionLog;
  readonly first: number;
  readonly count: number;
}

/** What all agents of a fleet share. */
export interface Fleet {
  readonly api: Api;
  /** Takes up to so many events off what is to be posted; 0: the work is done. */
  takeWork(most: number): number;
  noteAnswer(ms: number, status: number): void;
}

const MOST_IN_BATCH = 20;
const PAUSE_MS = 100;
const IMPATIENT_MS = 20;

/** Posts events in two sessions of its own, one post after the other, whatever happens to the product meanwhile. */
export class SimulatedAgent {
  readonly sessions: readonly SessionLog[];
  readonly submissions: SubmissionLog[] = [];
  readonly #fleet: Fleet;
  readonly #habit: Habit;

  constructor(fleet: Fleet, name: string, habit: Habit) {
    this.#fleet = fleet;
    this.#habit = habit;
    this.sessions = ['a', 'b'].map((session) => ({ agentId: name, sessionId: `${name}-${session}`, known: [] }));
  }

  async work(): Promise<void> {
    for (let turn = 0; ; turn++) {
      const session = this.sessions[turn % this.sessions.length];
      const isBatch = this.#habit.startsWith('batches');
      const count = this.#fleet.takeWork(isBatch ? 1 + Math.floor(Math.random() * MOST_IN_BATCH) : 1);
      if (!session || count === 0) return;
      await this.#post(session, count, isBatch);
    }
  }

  /** Until it is answered, or its fate cannot be known without a key. */
  async #post(session: SessionLog, count: number, isBatch: boolean): Promise<void> {
    const first = session.known.length;
    const events = Array.from({ length: count }, (_, index) => eventOf(session, first + index));
    for (let index = 0; index < count; index++) session.known.push('unsure');
    const body = JSON.stringify(isBatch ? { events } : events[0]);
    const headers = this.#headers(session, first);
    for (;;) {
      const answer = await this.#send(body, headers).catch(neverArrived);
      if (answer instanceof Answer && answer.status < 300) {
        this.#note(session, first, count, answer);
        return;
      }
      if (!isOpen(answer) && this.#habit !== 'repeats') return;
      const toldSeconds = answer instanceof Answer ? Number(answer.headers.get('retry-after') ?? 0) : 0;
      await wait((PAUSE_MS + toldSeconds * 1000) * (1 + Math.random()));
    }
  }

  #headers(session: SessionLog, first: number): Record<string, string> {
    const goesOn = this.#habit.endsWith('goes on') || (this.#habit === 'repeats' && first % 2 === 0);
    return {
      ...(goesOn && { prefer: 'respond-async' }),
      ...(this.#habit === 'repeats' && { 'idempotency-key': `${session.sessionId}-${first}` }),
    };
  }

  async #send(body: string, headers: Record<string, string>): Promise<Answer> {
    const { api } = this.#fleet;
    const startedAtMs = performance.now();
    const all = { 'content-type': 'application/json', ...headers };
    const once = () => api.request('POST', '/v1/events', body, all);
    const sent = this.#habit === 'is slow' ? sendSlowly(api, '/v1/events', body, all) : once();
    const impatient = this.#habit === 'repeats' && Math.random() < 0.2;
    const answer = impatient ? await repeatWhileWaiting(sent, once) : await sent;
    this.#fleet.noteAnswer(performance.now() - startedAtMs, answer.status);
    return answer;
  }

  #note(session: SessionLog, first: number, count: number, answer: Answer): void {
    if (answer.status === 202) {
      const { results } = answer.json() as SubmissionAnswer;
      for (const [index, { receipt }] of results.entries())
        session.known[first + index] = receipt?.seq ?? 'acknowledged';
      this.submissions.push({ location: answer.headers.get('location') ?? '', session, first, count });
      return;
    }
    const json = answer.json() as Receipt | BatchAnswer;
    if (!('results' in json)) session.known[first] = json.seq;
    else
      for (const [index, { receipt }] of json.results.entries())
        if (receipt) session.known[first + index] = receipt.seq;
  }
}

function eventOf({ agentId, sessionId }: SessionLog, n: number): PostedEventInput {
  return newEvent({ agent_id: agentId, session_id: sessionId, labels: { n: String(n) } });
}

/** Sends again what is not answered yet, as an impatient client does; the answer that comes first. */
async function repeatWhileWaiting(sent: Promise<Answer>, again: () => Promise<Answer>): Promise<Answer> {
  const repeated = wait(IMPATIENT_MS).then(again);
  const both = await Promise.allSettled([sent, repeated]);
  const [answered] = both.filter((one) => one.status === 'fulfilled');
  if (answered) return answered.value;
  throw new Error('neither was answered');
}

/** Whether nothing of the post was accepted, so that it can be repeated without a key. */
function isOpen(answer: Answer | 'never arrived' | 'unknown'): boolean {
  if (!(answer instanceof Answer)) return answer === 'never arrived';
  if (answer.status < 500 && answer.status !== 429) throw new Error(`a fleet's post was refused: ${answer.text}`);
  return answer.status === 429;
}

/** Where nobody listens nothing was accepted; a connection that ends later leaves that open. */
function neverArrived(error: unknown): 'never arrived' | 'unknown' {
  const cause = (error as { cause?: { code?: string }; code?: string }).cause ?? (error as { code?: string });
  return cause.code === 'ECONNREFUSED' ? 'never arrived' : 'unknown';
}

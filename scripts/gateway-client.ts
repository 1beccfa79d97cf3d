import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { JsonValue, PostedEventInput } from '../core/index.js';

/** The gateway could not be brought to take or give something; the message is one sentence for the user. */
export class GatewayError extends Error {}

const problem = z.object({ code: z.string(), detail: z.string(), retryable: z.boolean() });
const batchAnswer = z.object({
  results: z.array(
    z.object({
      event_id: z.string().optional(),
      status: z.enum(['recorded', 'duplicate', 'conflict', 'invalid', 'unknown']),
      problem: problem.optional(),
    }),
  ),
});
export type PostResult = z.output<typeof batchAnswer>['results'][number];

const openedEvent = z.object({ event: z.custom<JsonValue>() });

/** Together about a minute and a half: longer than a gateway or peer takes to restart. */
const RETRY_DELAYS_MS = [250, 500, 1000, 2000, 4000, 8000, 15_000, 30_000, 30_000];

export class GatewayClient {
  readonly #headers: Record<string, string>;

  constructor(
    private readonly url: string,
    token: string | undefined,
  ) {
    this.#headers = {
      'Content-Type': 'application/json',
      ...(token !== undefined && { Authorization: `Bearer ${token}` }),
    };
  }

  /** @throws {GatewayError} at once where there is no gateway: one that restarts later is waited for. */
  async requireReachable(): Promise<void> {
    try {
      await fetch(`${this.url}/healthz`);
    } catch (error) {
      throw new GatewayError(`${this.#unreachable(error)} Start it with npm start, or name another with --url.`);
    }
  }

  /**
   * Posts a batch until each of its events has a result that stays; what was recorded already comes back as a duplicate.
   * @throws {GatewayError}
   */
  async postEvents(events: readonly PostedEventInput[]): Promise<PostResult[]> {
    const results: PostResult[] = [];
    let open = [...events.keys()];
    for (let attempt = 0; ; attempt++) {
      const answer = batchAnswer.parse(
        await this.request('POST', '/v1/events', { events: open.map((index) => events[index]) }),
      );
      for (const [position, index] of open.entries()) {
        const result = answer.results[position];
        if (result) results[index] = result;
      }
      open = open.filter((index) => isOpen(results[index]));
      const delay = RETRY_DELAYS_MS[attempt];
      if (open.length === 0 || delay === undefined) return results;
      await sleep(delay);
    }
  }

  /** The event as it stands on the ledger with its committed values. @throws {GatewayError} */
  async readEvent(id: string): Promise<JsonValue> {
    const answer = await this.request('GET', `/v1/events/${encodeURIComponent(id)}?include=payload`);
    return openedEvent.parse(answer).event;
  }

  /** The JSON that a path answers with. @throws {GatewayError} where it refuses, or is gone for longer than retries go on. */
  async request(method: string, path: string, body?: unknown): Promise<unknown> {
    for (let attempt = 0; ; attempt++) {
      const outcome = await this.#try(method, path, body);
      if ('answer' in outcome) return outcome.answer;
      const delay = RETRY_DELAYS_MS[attempt];
      if (!outcome.retryable || delay === undefined) throw new GatewayError(outcome.detail);
      await sleep(delay);
    }
  }

  async #try(
    method: string,
    path: string,
    body: unknown,
  ): Promise<{ answer: unknown } | { retryable: boolean; detail: string }> {
    try {
      const response = await fetch(this.url + path, {
        method,
        headers: this.#headers,
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      const answer: unknown = await response.json();
      if (response.ok) return { answer };
      const refused = problem.safeParse(answer);
      if (refused.success)
        return { retryable: refused.data.retryable, detail: `The gateway refuses: ${refused.data.detail}` };
      return {
        retryable: response.status >= 500,
        detail: `The gateway at ${this.url} answers with status ${response.status}.`,
      };
    } catch (error) {
      return { retryable: true, detail: this.#unreachable(error) };
    }
  }

  #unreachable(error: unknown): string {
    return `The gateway at ${this.url} cannot be reached (${causeOf(error)}).`;
  }
}

function isOpen(result: PostResult | undefined): boolean {
  return result === undefined || result.status === 'unknown' || result.problem?.retryable === true;
}

function causeOf(error: unknown): string {
  const cause: unknown = error instanceof Error ? (error.cause ?? error) : error;
  if (cause instanceof Error) return 'code' in cause ? String(cause.code) : cause.message;
  return 'unknown cause';
}

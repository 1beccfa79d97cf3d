import { createHash } from 'node:crypto';
import type { Response } from 'express';
import { AuditError } from '../../core/index.js';

const WINDOW_SECONDS = 60;
const WINDOW_MS = WINDOW_SECONDS * 1000;

interface Window {
  requests: number;
  endsAtMs: number;
  /** What `RateLimit-Policy` says. */
  policy: string;
}

/**
 * Requests a minute of whoever they come from. Every answer says what is left (draft-ietf-httpapi-ratelimit-headers-08).
 * A minute begins with the first request after the last one.
 */
export class RateLimit {
  readonly #limit: number;
  readonly #name: string;
  readonly #windows = new Map<string, Window>();
  #sweepAtMs = 0;

  constructor(requestsPerMinute: number) {
    this.#limit = requestsPerMinute;
    this.#name = `"${requestsPerMinute}-in-1min"`;
  }

  /**
   * @param now milliseconds of a clock that nobody sets.
   * @throws {AuditError} TOO_MANY_REQUESTS
   */
  count(from: string, res: Response, now = performance.now()): void {
    const window = this.#windowOf(from, now);
    window.requests++;
    const left = Math.max(0, this.#limit - window.requests);
    const seconds = Math.ceil((window.endsAtMs - now) / 1000);
    res.setHeader('RateLimit', `${this.#name}; r=${left}; t=${seconds}`);
    res.setHeader('RateLimit-Policy', window.policy);
    if (window.requests <= this.#limit) return;
    res.setHeader('Retry-After', String(seconds));
    throw new AuditError('TOO_MANY_REQUESTS', `At most ${this.#limit} requests a minute.`);
  }

  #windowOf(from: string, now: number): Window {
    const known = this.#windows.get(from);
    if (known && now < known.endsAtMs) return known;
    this.#sweep(now);
    const policy = known?.policy ?? `${this.#name}; q=${this.#limit}; w=${WINDOW_SECONDS}; pk=:${partitionKey(from)}:`;
    const window = { requests: 0, endsAtMs: now + WINDOW_MS, policy };
    this.#windows.set(from, window);
    return window;
  }

  /** Forgets whose minute is over: addresses of strangers would gather for ever. */
  #sweep(now: number): void {
    if (now < this.#sweepAtMs) return;
    this.#sweepAtMs = now + WINDOW_MS;
    for (const [from, { endsAtMs }] of this.#windows) if (endsAtMs <= now) this.#windows.delete(from);
  }
}

/** Tells whose limit it is without saying who they are. */
function partitionKey(from: string): string {
  const digest = createHash('sha256').update(from).digest('hex');
  return Buffer.from(digest.slice(0, 12)).toString('base64');
}

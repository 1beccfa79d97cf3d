import type { Request, RequestHandler } from 'express';
import { AuditError } from '../../core/index.js';

/**
 * Bounds the bytes of all request bodies that are being read or answered. A token may hold as much as is free, so one
 * that floods leaves room for the others.
 */
export class BodyBudget {
  readonly #most: number;
  readonly #largest: number;
  #held = 0;
  readonly #heldBy = new Map<string, number>();
  readonly #reserved = new WeakMap<Request, number>();

  /** @param largest what a body may have: one whose size is not known before it is read counts as that until it is. */
  constructor(most: number, largest: number) {
    this.#most = most;
    this.#largest = largest;
  }

  /** Goes before the body is read. */
  readonly reserve: RequestHandler = (req, res, next) => {
    const bytes = this.#expected(req);
    if (bytes > 0) {
      const own = this.#heldBy.get(req.principal.subject) ?? 0;
      if (own + bytes > this.#most - this.#held)
        throw new AuditError('OVERLOADED', `Bodies of ${this.#held} bytes are in the works, ${own} of this token.`);
      this.#hold(req, bytes);
      res.once('close', () => this.#hold(req, 0));
    }
    next();
  };

  /** Goes behind: what was reserved becomes what it is. */
  readonly correct: RequestHandler = (req, res, next) => {
    const body: unknown = req.body;
    if (Buffer.isBuffer(body) && !res.destroyed) this.#hold(req, body.length);
    next();
  };

  #expected({ headers }: Request): number {
    const isUnknown = headers['transfer-encoding'] !== undefined || headers['content-encoding'] !== undefined;
    return isUnknown ? this.#largest : Math.min(Number(headers['content-length'] ?? 0), this.#largest);
  }

  #hold(req: Request, bytes: number): void {
    const { subject } = req.principal;
    const more = bytes - (this.#reserved.get(req) ?? 0);
    this.#reserved.set(req, bytes);
    this.#held += more;
    const own = (this.#heldBy.get(subject) ?? 0) + more;
    if (own > 0) this.#heldBy.set(subject, own);
    else this.#heldBy.delete(subject);
  }
}

import type { Request } from 'express';
import { AuditError } from '../../core/index.js';
import { saysItsLength } from './body.js';

/** The body of one request, for as long as it is being read or answered. */
export interface HeldBody {
  readonly subject: string;
  bytes: number;
}

/**
 * Bounds the bytes of all request bodies that are being read or answered. A token may hold as much as is free, so one
 * that floods leaves room for the others.
 */
export class BodyBudget {
  readonly #most: number;
  readonly #largest: number;
  #held = 0;
  readonly #heldBy = new Map<string, number>();

  /** @param largest what a body may have: one whose size is not known before it is read counts as that until it is. */
  constructor(most: number, largest: number) {
    this.#most = most;
    this.#largest = largest;
  }

  /**
   * Goes before the body is read.
   * @throws {AuditError} OVERLOADED
   */
  reserve(req: Request): HeldBody {
    const { subject } = req.principal;
    const body = { subject, bytes: 0 };
    const bytes = this.#expected(req);
    const own = this.#heldBy.get(subject) ?? 0;
    if (bytes > 0 && own + bytes > this.#most - this.#held)
      throw new AuditError('OVERLOADED', `Bodies of ${this.#held} bytes are in the works, ${own} of this token.`);
    this.resize(body, bytes);
    return body;
  }

  /** What was reserved becomes what it is; nothing once the request is answered. */
  resize(body: HeldBody, bytes: number): void {
    const more = bytes - body.bytes;
    if (more === 0) return;
    body.bytes = bytes;
    this.#held += more;
    const own = (this.#heldBy.get(body.subject) ?? 0) + more;
    if (own > 0) this.#heldBy.set(body.subject, own);
    else this.#heldBy.delete(body.subject);
  }

  #expected(req: Request): number {
    return saysItsLength(req) ? Math.min(Number(req.headers['content-length'] ?? 0), this.#largest) : this.#largest;
  }
}

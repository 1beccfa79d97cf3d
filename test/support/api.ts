import assert from 'node:assert/strict';
import type { Receipt } from '../../gateway/intake/receipt.js';
import type { Problem } from '../../gateway/http/problem.js';

/** An answer of the REST API; `as` reads its JSON in the shape that the test expects and goes on to check. */
export class Answer {
  constructor(
    readonly status: number,
    readonly headers: Headers,
    readonly text: string,
  ) {}

  json(): unknown {
    return JSON.parse(this.text);
  }

  get problem(): Problem {
    assert.match(this.headers.get('content-type') ?? '', /^application\/problem\+json/, this.text);
    return this.json() as Problem;
  }
}

/** One client of one gateway. */
export class Api {
  constructor(
    readonly url: string,
    readonly token: string | undefined,
  ) {}

  get(path: string, headers: Record<string, string> = {}): Promise<Answer> {
    return this.request('GET', path, undefined, headers);
  }

  post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    return this.request('POST', path, JSON.stringify(body), { 'content-type': 'application/json', ...headers });
  }

  async request(
    method: string,
    path: string,
    body?: string | Uint8Array<ArrayBuffer>,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const response = await fetch(this.url + path, {
      method,
      headers: { ...(this.token !== undefined && { authorization: `Bearer ${this.token}` }), ...headers },
      ...(body !== undefined && { body }),
    });
    return new Answer(response.status, response.headers, await response.text());
  }

  /** Posts an event that must be recorded. */
  async record(event: object, headers: Record<string, string> = {}): Promise<Receipt> {
    const answer = await this.post('/v1/events', event, headers);
    assert.equal(answer.status, 201, answer.text);
    return answer.json() as Receipt;
  }

  /** Reads what must be there. */
  async read(path: string): Promise<unknown> {
    const answer = await this.get(path);
    assert.equal(answer.status, 200, answer.text);
    return answer.json();
  }

  /** Number of blocks. */
  async height(): Promise<number> {
    return ((await this.read('/v1/ledger')) as { height: number }).height;
  }
}

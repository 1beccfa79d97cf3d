import type { Response } from 'express';

/** What `res.json` is here: Express' own works out validators that answers which are never cached do not need. */
export function answerJson(this: Response, value: unknown): Response {
  const text = JSON.stringify(value);
  if (!this.hasHeader('Content-Type')) this.setHeader('Content-Type', 'application/json; charset=utf-8');
  this.setHeader('Content-Length', Buffer.byteLength(text));
  return this.end(text);
}

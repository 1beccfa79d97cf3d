import type { Request } from 'express';

const QUOTED = /"(?:[^"\\]|\\.)*"/g;
const RESPOND_ASYNC = /(^|,)\s*respond-async\s*(;|,|$)/i;

/** Whether the client would rather not wait (RFC 7240, section 4.1). What is not understood is left alone, as it asks. */
export function prefersAsync(req: Request): boolean {
  const preferences = req.get('Prefer');
  return preferences !== undefined && RESPOND_ASYNC.test(preferences.replaceAll(QUOTED, '""'));
}

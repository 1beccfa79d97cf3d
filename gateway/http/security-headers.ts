import { TLSSocket } from 'node:tls';
import type { Request, Response } from 'express';

/** Nothing but the page itself may load, and nothing may frame it. Answers are never cached: they are evidence. */
const HEADERS = Object.entries({
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cache-Control': 'no-store',
});

export function setSecurityHeaders(req: Request, res: Response): void {
  for (const [name, value] of HEADERS) res.setHeader(name, value);
  if (req.socket instanceof TLSSocket) res.setHeader('Strict-Transport-Security', 'max-age=31536000');
}

import { z } from 'zod';
import { LIMITS } from '../limits.js';
import { decodeBase64 } from './base64.js';

/** RFC 4648 base64 with padding, in its one canonical spelling; read as bytes. */
export const base64Bytes = z
  .string()
  .transform((text, context) => {
    const decoded = decodeBase64(text);
    if (decoded) return decoded;
    context.addIssue({ code: 'custom', message: 'expected canonical base64' });
    return z.NEVER;
  })
  .meta({ type: 'string', contentEncoding: 'base64' });

/** SHA-256. */
export const hash = z.string().regex(/^[0-9a-f]{64}$/, 'expected 32 bytes in lower-case hex');

export const name = z.string().min(1).max(LIMITS.nameLength);

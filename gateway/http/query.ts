import type { Request } from 'express';
import { z } from 'zod';
import { AuditError, LIMITS } from '../../core/index.js';
import { validate } from '../validation.js';

/** Parts of query strings: text that stands for something else. */
export const booleanFlag = z.enum(['true', 'false']).transform((text) => text === 'true');
export const decimal = z
  .string()
  .regex(/^-?\d{1,15}(\.\d{1,15})?$/, 'expected a decimal number')
  .transform(Number);
export const limit = z
  .string()
  .regex(/^\d{1,4}$/, 'expected a whole number')
  .transform(Number)
  .pipe(z.number().int().min(1).max(LIMITS.eventsPerPage))
  .default(50);
export const cursor = z.string().min(1).max(4096);

/**
 * The query string by its schema; each parameter at most once.
 * @throws {AuditError} INVALID_REQUEST
 */
export function readQuery<S extends z.ZodType>(schema: S, req: Request): z.output<S> {
  return validate(schema, queryParameters(req), 'INVALID_REQUEST');
}

export function hasQuery(req: Request): boolean {
  return req.originalUrl.includes('?');
}

export function queryParameters(req: Request): Record<string, string> {
  // Without a prototype, so that `__proto__` is a parameter like any other and is refused as one.
  const parameters = Object.create(null) as Record<string, string>;
  if (!hasQuery(req)) return parameters;
  const { search, searchParams } = new URL(req.originalUrl, 'http://gateway');
  requireUtf8(search);
  for (const [name, value] of searchParams) {
    if (Object.hasOwn(parameters, name))
      throw AuditError.at(`/${name}`, 'INVALID_REQUEST', 'the parameter is given twice');
    parameters[name] = value;
  }
  return parameters;
}

/** Otherwise what is no UTF-8 would be searched as U+FFFD, and found nowhere. */
function requireUtf8(search: string): void {
  try {
    decodeURIComponent(search);
  } catch {
    throw new AuditError('INVALID_REQUEST', 'The query string is not valid percent-encoded UTF-8.');
  }
}

/** An id in the path, percent-decoded. */
export function pathId(req: Request, name = 'id'): string {
  const id = req.params[name];
  if (typeof id !== 'string') throw new Error(`the route has no ${name}`);
  return id;
}

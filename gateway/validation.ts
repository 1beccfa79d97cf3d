import { z } from 'zod';
import { AuditError, formatPointer } from '../core/index.js';
import type { ErrorAt, ErrorCode } from '../core/index.js';

/**
 * The value as the schema gives it back.
 * @param base pointer of the value within what was sent.
 * @throws {AuditError} with the given code and a pointer for each fault.
 */
export function validate<S extends z.ZodType>(schema: S, value: unknown, code: ErrorCode, base = ''): z.output<S> {
  const parsed = schema.safeParse(value, { reportInput: false });
  if (parsed.success) return parsed.data;
  const errors = parsed.error.issues.slice(0, MAX_ERRORS).flatMap((issue) => explain(issue, base));
  throw new AuditError(
    code,
    errors
      .map(({ pointer, detail }) => `${pointer || 'the whole'}: ${detail}`)
      .slice(0, 3)
      .join('; '),
    errors,
  );
}

const MAX_ERRORS = 20;

function explain(issue: z.core.$ZodIssue, base: string): ErrorAt[] {
  const pointer = base + formatPointer(issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part)));
  if (issue.code === 'unrecognized_keys') {
    return issue.keys
      .slice(0, MAX_ERRORS)
      .map((key) => ({ pointer: pointer + formatPointer([key]), detail: 'unknown field' }));
  }
  return [{ pointer, detail: issue.message }];
}

/** Moves the pointers of what is refused inside to where the part stands in what was sent. */
export function atPointer<T>(base: string, body: () => T): T {
  try {
    return body();
  } catch (error) {
    if (!(error instanceof AuditError)) throw error;
    const errors = error.errors.map(({ pointer, detail }) => ({ pointer: base + pointer, detail }));
    throw new AuditError(error.code, error.message, errors);
  }
}

import { AuditError } from '../errors.js';
import { LIMITS } from '../limits.js';
import { Parser } from './parser.js';
import type { CanonicalMembers } from './canonical-members.js';
import type { JsonValue } from './value.js';

/**
 * Strict JSON (RFC 8259). What `JSON.parse` would change or drop silently is refused with a pointer to it: duplicate
 * keys, numbers that a double cannot keep, lone surrogates, the key `__proto__`, more than `maxDepth` levels.
 * @param members is told of the members that it is for.
 * @throws {AuditError} MALFORMED_JSON, DUPLICATE_KEY, INEXACT_NUMBER, LONE_SURROGATE, UNSAFE_KEY, TOO_DEEP
 */
export function parseJson(text: string, maxDepth: number = LIMITS.depth, members?: CanonicalMembers): JsonValue {
  return new Parser(text, maxDepth, members).document();
}

/** One line of NDJSON that is not blank; `line` counts from 1. */
export type ParsedLine = { line: number; value: JsonValue } | { line: number; error: AuditError };

/**
 * NDJSON: one value a line, blank lines skipped. A bad line does not stop the others.
 * @throws {AuditError} TOO_LARGE where more than `maxLines` lines are not blank.
 */
export function parseJsonLines(text: string, maxLines: number): ParsedLine[] {
  const parsed: ParsedLine[] = [];
  let line = 0;
  for (let start = 0; start < text.length;) {
    const newline = text.indexOf('\n', start);
    const end = newline < 0 ? text.length : newline;
    const content = text.slice(start, end);
    start = end + 1;
    line += 1;
    if (BLANK.test(content)) continue;
    if (parsed.length === maxLines) throw new AuditError('TOO_LARGE', `more than ${maxLines} lines`);
    parsed.push(parseLine(content, line));
  }
  return parsed;
}

function parseLine(content: string, line: number): ParsedLine {
  try {
    return { line, value: parseJson(content) };
  } catch (error) {
    if (error instanceof AuditError) return { line, error };
    throw error;
  }
}

const BLANK = /^[ \t\r]*$/;

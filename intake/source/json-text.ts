import { parseJson } from '../../core/index.js';
import type { JsonValue } from '../../core/index.js';
import { rawValue } from '../event/raw-value.js';

/** Exports wrap what agents exchanged in levels of their own. */
export const SOURCE_DEPTH = 512;

const TOKEN = /"(?:[^"\\]|\\.)*"(\s*:)?|-?\d[\d.eE+-]*/g;
const SURROGATE_ESCAPE = /\\u[dD][89a-fA-F]/;

/**
 * A source's JSON, strictly. A number or a string that JavaScript would change is kept as its base64 form
 * instead (RFC 8259 allows it, RFC 7493 does not): `keptRaw` counts them.
 * @throws {AuditError} as `parseJson`, for all else that is ambiguous or malformed.
 */
export function readJson(text: string): { value: JsonValue; keptRaw: number } {
  try {
    return { value: parseJson(text, SOURCE_DEPTH), keptRaw: 0 };
  } catch (error) {
    const rewritten = keepRefused(text);
    if (rewritten.keptRaw === 0) throw error;
    return { value: parseJson(rewritten.text, SOURCE_DEPTH), keptRaw: rewritten.keptRaw };
  }
}

function keepRefused(text: string): { text: string; keptRaw: number } {
  let keptRaw = 0;
  const kept = text.replace(TOKEN, (token: string, colon: string | undefined) => {
    const isString = token.startsWith('"');
    if (colon !== undefined || (isString && !SURROGATE_ESCAPE.test(token)) || isAccepted(token)) return token;
    keptRaw += 1;
    return JSON.stringify(rawValue(token, 'application/json'));
  });
  return { text: kept, keptRaw };
}

function isAccepted(token: string): boolean {
  try {
    parseJson(token);
    return true;
  } catch {
    return false;
  }
}

/**
 * JSON text inside a string, as protocols have it (`arguments`, `input.value`). `exact` says that the text can be made
 * again from the value; where it is false, whoever uses the value keeps the text as well.
 */
export function decodeJsonText(value: JsonValue): { value: JsonValue; exact: boolean } {
  if (typeof value !== 'string' || !/^\s*[[{]/.test(value)) return { value, exact: true };
  try {
    const decoded = parseJson(value);
    return { value: decoded, exact: JSON.stringify(decoded) === value };
  } catch {
    return { value, exact: true };
  }
}

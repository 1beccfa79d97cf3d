import { AuditError } from '../errors.js';
import { utf8Bytes } from '../text.js';

/**
 * Ids are written into keys and locators with every byte outside `A-Z a-z 0-9 . _ -` as `=XX` (upper-case hex).
 * So `~` can separate the parts, a locator stands in a URL's path as it is, and two ids never meet in one key.
 */
const PLAIN = /^[A-Za-z0-9._-]*$/;

/** @throws {AuditError} LONE_SURROGATE: UTF-8 has no bytes for one, so that two ids could meet. */
export function encodeIdPart(text: string): string {
  if (PLAIN.test(text)) return text;
  if (!text.isWellFormed()) throw new AuditError('LONE_SURROGATE', 'the id holds a lone surrogate');
  let encoded = '';
  for (const byte of utf8Bytes(text)) {
    const char = String.fromCharCode(byte);
    encoded += PLAIN.test(char) ? char : `=${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return encoded;
}

/** @throws {AuditError} INVALID_ID where the text is not what `encodeIdPart` writes. */
export function decodeIdPart(encoded: string): string {
  if (PLAIN.test(encoded)) return encoded;
  let text: string;
  try {
    text = decodeURIComponent(encoded.replaceAll('%', '%25').replaceAll('=', '%'));
  } catch {
    throw invalid(encoded);
  }
  if (encodeIdPart(text) !== encoded) throw invalid(encoded);
  return text;
}

function invalid(encoded: string): AuditError {
  return new AuditError('INVALID_ID', `"${encoded.slice(0, 80)}" is not an encoded id`);
}

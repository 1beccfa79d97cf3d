import { RE2JS } from 're2js';
import { LIMITS } from '../limits.js';

/**
 * A test for a regular expression found anywhere in a text, or `undefined` where it is not one. RE2 takes time in
 * proportion to the text, whatever the expression; it has no look-around and no back-references.
 */
export function compilePattern(pattern: string): ((text: string) => boolean) | undefined {
  if (pattern.length > LIMITS.selectorPattern) return undefined;
  try {
    const expression = RE2JS.compile(pattern);
    return (text) => expression.test(text);
  } catch {
    return undefined;
  }
}

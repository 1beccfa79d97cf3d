import { LIMITS } from '../limits.js';

/** A test for a regular expression, or `undefined` where it is not one that is supported. */
export function compilePattern(pattern: string): ((text: string) => boolean) | undefined {
  if (pattern.length > LIMITS.selectorPattern) return undefined;
  try {
    const expression = new RegExp(pattern);
    return (text) => expression.test(text);
  } catch {
    return undefined;
  }
}

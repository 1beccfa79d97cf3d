import { existsSync, readFileSync } from 'node:fs';
import { UsageError } from './usage-error.js';

/** Options of every command that talks to a gateway. */

/** @throws {UsageError} */
export function gatewayUrl(text: string): string {
  if (!/^https?:/.test(text) || !URL.canParse(text))
    throw new UsageError(`--url ${text} is not an http or https address.`);
  return text.replace(/\/+$/, '');
}

/**
 * Without a token the request goes without: a gateway on loopback may need none.
 * @param usual the file that is taken where none is given, if it is there.
 * @throws {UsageError}
 */
export function readToken(given: string | undefined, usual: string): string | undefined {
  if (given === undefined && !existsSync(usual)) return undefined;
  try {
    return readFileSync(given ?? usual, 'utf8').trim();
  } catch {
    throw new UsageError(`The token file ${given ?? usual} cannot be read.`);
  }
}

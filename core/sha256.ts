import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, concatBytes } from '@noble/hashes/utils.js';
import { utf8Bytes } from './text.js';

/** What of `node:crypto` is used, where there is a Node. */
interface NodeCrypto {
  hash(algorithm: 'sha256', data: string | Uint8Array, encoding: 'hex'): string;
}
interface MaybeNode {
  process?: { getBuiltinModule?: (name: string) => NodeCrypto | undefined };
}

type Part = string | Uint8Array;

/**
 * Node's own digest takes a tenth of the time, and each event is hashed several times; a browser has none that answers
 * at once. Asked for at run time, so that nothing here imports what a browser does not have. In one call, because every
 * hash object is one more for the garbage collector.
 */
const node = (globalThis as MaybeNode).process?.getBuiltinModule?.('node:crypto');

/** SHA-256 over the parts, one behind the other, in hex; text counts as UTF-8. */
export const sha256Hex: (...parts: Part[]) => string = node
  ? (...parts) => node.hash('sha256', parts.every(isText) ? parts.join('') : joinBytes(parts), 'hex')
  : hashInJavaScript;

/** The same anywhere. */
export function hashInJavaScript(...parts: Part[]): string {
  return bytesToHex(sha256(joinBytes(parts)));
}

function isText(part: Part): part is string {
  return typeof part === 'string';
}

function joinBytes(parts: readonly Part[]): Uint8Array {
  return concatBytes(...parts.map((part) => (isText(part) ? utf8Bytes(part) : part)));
}

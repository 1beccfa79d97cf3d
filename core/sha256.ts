import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, concatBytes } from '@noble/hashes/utils.js';
import { nodeBuiltin } from './node-builtin.js';
import { putUtf8, utf8Bytes } from './text.js';

/** What of `node:crypto` is used. */
interface NodeCrypto {
  hash(algorithm: 'sha256', data: Uint8Array, encoding: 'hex'): string;
}

type Part = string | Uint8Array;

/**
 * Node's own digest takes a tenth of the time, and each event is hashed several times; a browser has none that answers
 * at once. In one call, because every hash object is one more for the garbage collector.
 */
const node = nodeBuiltin('node:crypto') as NodeCrypto | undefined;

/** SHA-256 over the parts, one behind the other, in hex; text counts as UTF-8. */
export const sha256Hex: (...parts: Part[]) => string = node
  ? (...parts) => node.hash('sha256', joinBytes(parts), 'hex')
  : hashInJavaScript;

/** The same anywhere. */
export function hashInJavaScript(...parts: Part[]): string {
  return bytesToHex(sha256(joinBytes(parts)));
}

/** Parts of usual size are joined here, time and again: an array of its own for each of them costs more than the hash. */
const joined = new Uint8Array(64 * 1024);
const MOST_BYTES_PER_UNIT = 3;

/** What is returned holds until the next call. */
function joinBytes(parts: readonly Part[]): Uint8Array {
  const units = parts.reduce((sum, part) => sum + part.length, 0);
  if (units * MOST_BYTES_PER_UNIT > joined.length) return concatBytes(...parts.map(toBytes));
  let end = 0;
  for (const part of parts) {
    if (isText(part)) {
      end += putUtf8(part, joined.subarray(end));
    } else {
      joined.set(part, end);
      end += part.length;
    }
  }
  return joined.subarray(0, end);
}

function toBytes(part: Part): Uint8Array {
  return isText(part) ? utf8Bytes(part) : part;
}

function isText(part: Part): part is string {
  return typeof part === 'string';
}

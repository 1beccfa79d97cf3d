import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, concatBytes } from '@noble/hashes/utils.js';
import { utf8Bytes } from './text.js';

/** What of `node:crypto` is used, where there is a Node. */
interface NodeCrypto {
  createHash(algorithm: 'sha256'): NodeHash;
}
interface NodeHash {
  update(data: string | Uint8Array): NodeHash;
  digest(encoding: 'hex'): string;
}
interface MaybeNode {
  process?: { getBuiltinModule?: (name: string) => NodeCrypto | undefined };
}

/**
 * Node's own digest takes a tenth of the time, and each event is hashed several times; a browser has none that answers
 * at once. Asked for at run time, so that nothing here imports what a browser does not have.
 */
const node = (globalThis as MaybeNode).process?.getBuiltinModule?.('node:crypto');

/** SHA-256 over the parts, one behind the other, in hex; text counts as UTF-8. */
export const sha256Hex: (...parts: (string | Uint8Array)[]) => string = node
  ? (...parts) => {
      const hash = node.createHash('sha256');
      for (const part of parts) hash.update(part);
      return hash.digest('hex');
    }
  : hashInJavaScript;

/** The same anywhere. */
export function hashInJavaScript(...parts: (string | Uint8Array)[]): string {
  return bytesToHex(sha256(concatBytes(...parts.map((part) => (typeof part === 'string' ? utf8Bytes(part) : part)))));
}

import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { utf8Bytes } from '../../core/index.js';

/** SHA-256 of a text's UTF-8, in hex. */
export function digest(text: string): string {
  return bytesToHex(sha256(utf8Bytes(text)));
}

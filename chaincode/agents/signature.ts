import { createPublicKey, verify } from 'node:crypto';
import { isSignedBy } from '../../core/index.js';
import type { PublicKey } from '../../core/index.js';

/**
 * Whether a key made a signature over a message, in the eyes of any library. RFC 8032 (section 5.1.7) leaves verifiers
 * two equations, and whoever holds an Ed25519 key can make signatures that hold in one alone: what the ledger has must
 * not be denied with another library later.
 */
export function isSignature(key: PublicKey, message: Uint8Array, value: string): boolean {
  return isSignedBy(key, message, value) && (key.crv !== 'Ed25519' || isSignedInOpenSsl(key, message, value));
}

/** Without the cofactor. */
function isSignedInOpenSsl(key: PublicKey, message: Uint8Array, value: string): boolean {
  return verify(null, message, createPublicKey({ format: 'jwk', key: { ...key } }), Buffer.from(value, 'base64url'));
}

import { p256 } from '@noble/curves/nist.js';
import { sha256 } from '@noble/hashes/sha2.js';

/**
 * ECDSA on P-256 with SHA-256, the signature as DER of R and S.
 * @param requireLowS Fabric refuses a high S, because every signature would have two forms.
 */
export function isSigned(
  message: Uint8Array,
  signature: Uint8Array,
  publicKey: Uint8Array,
  { requireLowS }: { requireLowS: boolean },
): boolean {
  try {
    return p256.verify(signature, sha256(message), publicKey, { lowS: requireLowS, prehash: false, format: 'der' });
  } catch {
    return false; // what is no signature or no point signs nothing
  }
}

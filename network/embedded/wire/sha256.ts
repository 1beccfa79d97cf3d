import { createHash, hash } from 'node:crypto';

/**
 * SHA-256 over the parts, one behind the other; text counts as UTF-8. Of a single part in one call, because every hash
 * object is one more for the garbage collector, and each private key and value is hashed several times.
 */
export function sha256(...parts: (Uint8Array | string)[]): Buffer {
  const [first, ...others] = parts;
  if (first !== undefined && others.length === 0) return hash('sha256', first, 'buffer');
  const joint = createHash('sha256');
  for (const part of parts) joint.update(part);
  return joint.digest();
}

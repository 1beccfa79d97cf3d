import { sha256 } from '@noble/hashes/sha2.js';
import { z } from 'zod';
import { decodeBase64Url, encodeBase64Url } from '../evidence/base64.js';
import { canonicalize } from '../json/canonical.js';
import { utf8Bytes } from '../text.js';

/** So many bytes in base64url without padding (RFC 7515 section 2), in the one spelling that there is. */
export const base64Url = (bytes: number) =>
  z
    .string()
    .length(Math.ceil((bytes * 4) / 3), `expected ${bytes} bytes in base64url`)
    .refine((text) => decodeBase64Url(text) !== undefined, 'expected base64url without padding');

const coordinate = base64Url(32);

/** An agent's public key: a JWK (RFC 7517, RFC 8037) of just the members that its thumbprint is over. */
export const publicKey = z
  .discriminatedUnion('crv', [
    z.strictObject({ kty: z.literal('OKP'), crv: z.literal('Ed25519'), x: coordinate }),
    z.strictObject({ kty: z.literal('EC'), crv: z.literal('P-256'), x: coordinate, y: coordinate }),
  ])
  .meta({ id: 'PublicKey' });
export type PublicKey = z.output<typeof publicKey>;

/** A key's name: its JWK thumbprint with SHA-256 (RFC 7638). */
export const keyId = base64Url(32);

export function keyIdOf(key: PublicKey): string {
  return encodeBase64Url(sha256(utf8Bytes(canonicalize(key))));
}

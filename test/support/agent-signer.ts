import { generateKeyPairSync, sign } from 'node:crypto';
import { publicKey } from '../../core/index.js';
import type { PublicKey, Signer } from '../../core/index.js';

export type Curve = PublicKey['crv'];

export const CURVES: readonly Curve[] = ['Ed25519', 'P-256'];

/** An agent's new key, with the signatures of Node's own cryptography rather than of the library that checks them. */
export function newSigner(curve: Curve = 'Ed25519'): Signer {
  const pair =
    curve === 'Ed25519' ? generateKeyPairSync('ed25519') : generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const hash = curve === 'Ed25519' ? null : 'sha256';
  return {
    publicKey: publicKey.parse(pair.publicKey.export({ format: 'jwk' })),
    sign: (message) => sign(hash, message, { key: pair.privateKey, dsaEncoding: 'ieee-p1363' }),
  };
}

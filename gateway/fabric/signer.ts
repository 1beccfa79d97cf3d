import { createPrivateKey, sign, X509Certificate } from 'node:crypto';
import type { Signer } from '@hyperledger/fabric-gateway';
import type { VerifiedSignatures } from '../../core/index.js';
import { fingerprintOf } from './members.js';

/** Order of the P-256 group (FIPS 186-4 D.1.2.3). */
const P256_ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

/**
 * A signer over whole messages (use with `hash.none`) by node:crypto, which halves the client's CPU.
 * Fabric accepts only the lower of the two values that `s` can have, and node:crypto does not choose.
 * @param privateKey PEM of a P-256 key.
 */
export function createSigner(privateKey: Buffer): Signer {
  const key = createPrivateKey(privateKey);
  return (message) => {
    const signature = sign('sha256', message, { key, dsaEncoding: 'ieee-p1363' });
    return Promise.resolve(encodeLowS(signature));
  };
}

/**
 * What the signer signs is valid by the certificate of its key, so there is nothing to verify when it is met again.
 * @param certificate PEM; that it is of the signer's key was checked when the two were read.
 */
export function remembering(signer: Signer, certificate: Buffer, verified: VerifiedSignatures): Signer {
  const fingerprint = fingerprintOf(new X509Certificate(certificate));
  return async (message) => {
    const signature = await signer(message);
    verified.add({ fingerprint, message: [message], signature });
    return signature;
  };
}

function encodeLowS(signature: Buffer): Uint8Array {
  const r = BigInt(`0x${signature.toString('hex', 0, 32)}`);
  const s = BigInt(`0x${signature.toString('hex', 32)}`);
  const integers = Buffer.concat([derInteger(r), derInteger(s > P256_ORDER / 2n ? P256_ORDER - s : s)]);
  return Buffer.concat([Buffer.from([0x30, integers.length]), integers]);
}

/** X.690 8.3: two's complement in as few bytes as possible. */
function derInteger(value: bigint): Buffer {
  const hex = value.toString(16);
  const bytes = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
  const sign = (bytes[0] ?? 0) >= 0x80 ? Buffer.from([0]) : Buffer.alloc(0);
  return Buffer.concat([Buffer.from([0x02, sign.length + bytes.length]), sign, bytes]);
}

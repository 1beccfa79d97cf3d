import { p256 } from '@noble/curves/nist.js';
import type { SealedEvent } from '../event/schema.js';
import { encodeBase64Url } from '../evidence/base64.js';
import type { KeyRegistration } from './agent-key.js';
import { keyIdOf } from './public-key.js';
import type { PublicKey } from './public-key.js';
import { eventMessage, registrationMessage } from './signature.js';
import type { KeyStatement } from './signature.js';

/** A private key, wherever it is kept: the caller signs, with its own library or device. */
export interface Signer {
  publicKey: PublicKey;
  /** 64 bytes over the message itself: Ed25519, or ECDSA with SHA-256 as R and S (`ieee-p1363`), S as it comes. */
  sign: (message: Uint8Array) => Uint8Array;
}

/** The event with its agent's signature. */
export function signEvent(sealed: SealedEvent, signer: Signer): SealedEvent {
  return {
    ...sealed,
    signature: { key_id: keyIdOf(signer.publicKey), value: sign(signer, eventMessage(sealed.hash)) },
  };
}

/**
 * What registers the signer's key for an agent.
 * @param required whether the agent signs every event from now on; it cannot be taken back.
 * @param present one of the agent's keys, if it has any.
 */
export function signRegistration(
  { owner, agent_id, required }: Omit<KeyStatement, 'public_key'>,
  signer: Signer,
  present?: Signer,
): KeyRegistration {
  const { publicKey } = signer;
  const message = registrationMessage({ owner, agent_id, public_key: publicKey, required });
  return {
    public_key: publicKey,
    required,
    proof: sign(signer, message),
    ...(present && { authorization: { key_id: keyIdOf(present.publicKey), value: sign(present, message) } }),
  };
}

/** With the lower of the two values of S that ECDSA allows: no event has two signatures that say the same. */
function sign({ publicKey, sign: signBytes }: Signer, message: Uint8Array): string {
  const bytes = signBytes(message);
  if (publicKey.crv === 'Ed25519') return encodeBase64Url(bytes);
  const signature = p256.Signature.fromBytes(bytes, 'compact');
  const { r, s } = signature;
  const low = signature.hasHighS() ? new p256.Signature(r, p256.Point.Fn.neg(s)) : signature;
  return encodeBase64Url(low.toBytes('compact'));
}

import { ed25519 } from '@noble/curves/ed25519.js';
import { p256 } from '@noble/curves/nist.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { concatBytes, hexToBytes } from '@noble/hashes/utils.js';
import { z } from 'zod';
import { decodeBase64Url } from '../evidence/base64.js';
import { canonicalize } from '../json/canonical.js';
import { utf8Bytes } from '../text.js';
import { base64Url, keyId } from './public-key.js';
import type { PublicKey } from './public-key.js';

/** No signature of one kind or version can pass for another, nor for one that the key made elsewhere. */
const EVENT_TAG = utf8Bytes('agent-audit-ledger/event-signature/v1\n');
const REGISTRATION_TAG = utf8Bytes('agent-audit-ledger/key-registration/v1\n');

/** 64 bytes: as RFC 8032 has it for Ed25519, R and S one behind the other for P-256 (RFC 7518 section 3.4). */
export const signatureValue = base64Url(64);

/** A signature, and by which of the agent's keys. */
export const agentSignature = z.strictObject({ key_id: keyId, value: signatureValue }).meta({ id: 'AgentSignature' });
export type AgentSignature = z.output<typeof agentSignature>;

/** What is signed when a key is registered: by the key itself, and by one that the agent has already. */
export interface KeyStatement {
  owner: string;
  agent_id: string;
  public_key: PublicKey;
  required: boolean;
}

/** What an agent signs of an event. @param hash of the event's core, in hex. */
export function eventMessage(hash: string): Uint8Array {
  return concatBytes(EVENT_TAG, hexToBytes(hash));
}

export function registrationMessage({ owner, agent_id, public_key, required }: KeyStatement): Uint8Array {
  return concatBytes(REGISTRATION_TAG, utf8Bytes(canonicalize({ owner, agent_id, public_key, required })));
}

/**
 * Whether a key made a signature over a message: of Ed25519 by the equation with the cofactor (RFC 8032 section 5.1.7),
 * and with no key of small order, for which anybody can sign.
 */
export function isSignedBy(key: PublicKey, message: Uint8Array, signature: string): boolean {
  const bytes = decodeBase64Url(signature);
  const x = decodeBase64Url(key.x);
  if (!bytes || !x) return false;
  try {
    if (key.crv === 'Ed25519') return ed25519.verify(bytes, message, x, { zip215: false });
    const point = concatBytes(Uint8Array.of(4), x, decodeBase64Url(key.y) ?? new Uint8Array());
    return p256.verify(bytes, sha256(message), point, { lowS: true, prehash: false, format: 'compact' });
  } catch {
    return false; // what is no signature or no point signs nothing
  }
}

import assert from 'node:assert/strict';
import { createHash, createPublicKey, randomBytes, verify } from 'node:crypto';
import { ed25519 } from '@noble/curves/ed25519.js';
import { bytesToNumberLE, concatBytes, numberToBytesLE } from '@noble/curves/utils.js';
import { describe, it } from 'mocha';
import { eventMessage, isSignedBy } from '../../../core/index.js';
import type { PublicKey } from '../../../core/index.js';
import { isSignature } from '../../../chaincode/agents/signature.js';
import { CURVES, newSigner } from '../../support/agent-signer.js';

/** A point of order 8. */
const TORSION = '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05';
const ORDER = ed25519.Point.Fn.ORDER;

describe('signatures that the contract takes', () => {
  for (const curve of CURVES) {
    it(`are those of the key (${curve})`, () => {
      const { publicKey, sign } = newSigner(curve);
      const message = eventMessage('ab'.repeat(32));
      // An S that is low, as the product's own signers make it.
      let value = '';
      while (!isSignedBy(publicKey, message, value)) value = Buffer.from(sign(message)).toString('base64url');
      assert.equal(isSignature(publicKey, message, value), true);
      assert.equal(isSignature(publicKey, eventMessage('cd'.repeat(32)), value), false);
    });
  }

  it('hold for every library, and not for some alone', () => {
    const message = eventMessage('ab'.repeat(32));
    const { key, value } = signAmbiguously(message);
    const node = createPublicKey({ format: 'jwk', key: { ...key } });
    assert.equal(isSignedBy(key, message, value), true);
    assert.equal(verify(null, message, node, Buffer.from(value, 'base64url')), false);
    assert.equal(isSignature(key, message, value), false);
  });
});

/** With a part of small order in R: it vanishes where both sides are multiplied by the cofactor, and only there. */
function signAmbiguously(message: Uint8Array): { key: PublicKey; value: string } {
  const [secret, nonce] = [scalar(randomBytes(64)), scalar(randomBytes(64))];
  const point = ed25519.Point.BASE.multiply(secret).toBytes();
  const r = ed25519.Point.BASE.multiply(nonce).add(ed25519.Point.fromHex(TORSION)).toBytes();
  const challenge = scalar(createHash('sha512').update(r).update(point).update(message).digest());
  const s = numberToBytesLE((nonce + challenge * secret) % ORDER, 32);
  return {
    key: { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(point).toString('base64url') },
    value: Buffer.from(concatBytes(r, s)).toString('base64url'),
  };
}

function scalar(bytes: Uint8Array): bigint {
  return bytesToNumberLE(bytes) % ORDER;
}

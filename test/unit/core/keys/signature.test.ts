import assert from 'node:assert/strict';
import { createPublicKey, verify } from 'node:crypto';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import {
  eventMessage,
  isSignedBy,
  keyIdOf,
  publicKey,
  registrationMessage,
  signEvent,
  signRegistration,
} from '../../../../core/index.js';
import type { PublicKey, SealedEvent } from '../../../../core/index.js';
import { CURVES, newSigner } from '../../../support/agent-signer.js';
import { chain } from '../../chaincode/builders.js';

/** RFC 8037, appendix A.2 and A.3. */
const RFC_8037_KEY = { kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' } as const;
const RFC_8037_THUMBPRINT = 'kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k';

const ORDER_OF_P256 = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

function sealedEvent(): SealedEvent {
  return chain([{ action: 'a step' }])[0] ?? assert.fail();
}

describe("agents' keys and signatures", () => {
  it('are named as RFC 7638 names them', () => {
    assert.equal(keyIdOf(publicKey.parse(RFC_8037_KEY)), RFC_8037_THUMBPRINT);
  });

  it('are taken with the members of their thumbprint alone, in one spelling', () => {
    const { x } = RFC_8037_KEY;
    const others = [
      { ...RFC_8037_KEY, d: x },
      { ...RFC_8037_KEY, kid: 'mine' },
      { ...RFC_8037_KEY, x: `${x}=` },
      { ...RFC_8037_KEY, x: x.replace(/o$/, 'p') },
      { ...RFC_8037_KEY, x: x.replace('_', '/') },
      { ...RFC_8037_KEY, crv: 'X25519' },
      { kty: 'EC', crv: 'P-256', x },
    ];
    for (const other of others) assert.equal(publicKey.safeParse(other).success, false, JSON.stringify(other));
  });

  it('say by the bytes that they sign what they sign', () => {
    const hash = '0a'.repeat(32);
    assert.equal(
      Buffer.from(eventMessage(hash)).toString('latin1'),
      `agent-audit-ledger/event-signature/v1\n${'\n'.repeat(32)}`,
    );
    const statement = { owner: 'OperatorMSP', agent_id: 'bot', public_key: RFC_8037_KEY, required: true };
    assert.equal(
      Buffer.from(registrationMessage(statement)).toString(),
      'agent-audit-ledger/key-registration/v1\n{"agent_id":"bot","owner":"OperatorMSP","public_key":' +
        `{"crv":"Ed25519","kty":"OKP","x":"${RFC_8037_KEY.x}"},"required":true}`,
    );
  });

  for (const curve of CURVES) {
    it(`verify for the message and the key alone (${curve})`, () => {
      const [signer, stranger] = [newSigner(curve), newSigner(curve)];
      const { hash, signature } = signEvent(sealedEvent(), signer);
      assert.ok(signature);
      const message = eventMessage(hash);
      assert.equal(isSignedBy(signer.publicKey, message, signature.value), true);
      assert.equal(isSignedBy(stranger.publicKey, message, signature.value), false);
      assert.equal(isSignedBy(signer.publicKey, Buffer.from(hash, 'hex'), signature.value), false);
      fc.assert(
        fc.property(fc.nat(63), fc.integer({ min: 1, max: 255 }), (at, change) => {
          const altered = Buffer.from(signature.value, 'base64url');
          altered[at] = (altered[at] ?? 0) ^ change;
          return !isSignedBy(signer.publicKey, message, altered.toString('base64url'));
        }),
        { numRuns: 20 },
      );
    });

    it(`verify elsewhere too (${curve})`, () => {
      const signer = newSigner(curve);
      const { public_key: key, proof } = signRegistration({ owner: 'O', agent_id: 'a', required: false }, signer);
      const message = registrationMessage({ owner: 'O', agent_id: 'a', required: false, public_key: key });
      const inNode = createPublicKey({ format: 'jwk', key: { ...key } });
      const options = { key: inNode, dsaEncoding: 'ieee-p1363' } as const;
      assert.ok(verify(curve === 'Ed25519' ? null : 'sha256', message, options, Buffer.from(proof, 'base64url')));
    });
  }

  it('have one of the two forms that ECDSA allows', () => {
    const signer = newSigner('P-256');
    for (let count = 0; count < 8; count++) {
      const { hash, signature } = signEvent(sealedEvent(), signer);
      const bytes = Buffer.from(signature?.value ?? '', 'base64url');
      const s = BigInt(`0x${bytes.toString('hex', 32)}`);
      assert.ok(s <= ORDER_OF_P256 / 2n);
      bytes.write((ORDER_OF_P256 - s).toString(16).padStart(64, '0'), 32, 'hex');
      assert.equal(isSignedBy(signer.publicKey, eventMessage(hash), bytes.toString('base64url')), false);
    }
  });

  it('are none where the key is no point, or one that anybody signs for', () => {
    const zeros = 'A'.repeat(43);
    const identity = Buffer.concat([Buffer.from([1]), Buffer.alloc(31)]).toString('base64url');
    const weak: PublicKey[] = [
      { kty: 'OKP', crv: 'Ed25519', x: zeros },
      { kty: 'OKP', crv: 'Ed25519', x: identity },
      { kty: 'EC', crv: 'P-256', x: zeros, y: zeros },
    ];
    const value = Buffer.concat([Buffer.from(identity, 'base64url'), Buffer.alloc(32)]).toString('base64url');
    for (const key of weak) assert.equal(isSignedBy(key, eventMessage('00'.repeat(32)), value), false);
  });
});

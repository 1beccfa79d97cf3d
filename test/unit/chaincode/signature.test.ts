import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { ed25519 } from '@noble/curves/ed25519.js';
import { bytesToNumberLE, concatBytes, numberToBytesLE } from '@noble/curves/utils.js';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { eventMessage, isSignedBy, signEvent } from '../../../core/index.js';
import type { PublicKey, Signer } from '../../../core/index.js';
import { isHeld, signatureCheck } from '../../../chaincode/agents/signature.js';
import { CURVES, newSigner } from '../../support/agent-signer.js';

const HASH = 'ab'.repeat(32);
const MESSAGE = eventMessage(HASH);
const { BASE, Fn, ZERO } = ed25519.Point;
/** A point of order 8. */
const TORSION = ed25519.Point.fromHex('26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05');
const ORDER_OF_P256 = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

describe('signatures that the contract takes', () => {
  for (const curve of CURVES) {
    it(`are those that the verifier takes (${curve})`, () => {
      const signer = newSigner(curve);
      const value = valueBy(signer);
      const check = signatureCheck(signer.publicKey);
      assert.deepEqual([check(MESSAGE, value), isHeld(signer.publicKey, MESSAGE, value)], [true, true]);
      assert.equal(check(eventMessage('cd'.repeat(32)), value), false);
      assert.equal(signatureCheck(newSigner(curve).publicKey)(MESSAGE, value), false);
      fc.assert(
        fc.property(fc.nat(63), fc.integer({ min: 1, max: 255 }), (at, change) => {
          const altered = Buffer.from(value, 'base64url');
          altered[at] = (altered[at] ?? 0) ^ change;
          return !check(MESSAGE, altered.toString('base64url'));
        }),
      );
    });
  }

  it('have the lower S', () => {
    const signer = newSigner('P-256');
    const value = Buffer.from(valueBy(signer), 'base64url');
    const high = ORDER_OF_P256 - BigInt(`0x${value.toString('hex', 32)}`);
    value.write(high.toString(16).padStart(64, '0'), 32, 'hex');
    assert.equal(signatureCheck(signer.publicKey)(MESSAGE, value.toString('base64url')), false);
  });

  it('hold for every library, where whoever has the key can make some that hold for one', () => {
    let taken = 0;
    for (const inKey of [ZERO, TORSION]) {
      for (const inR of [ZERO, TORSION]) {
        for (let tries = 0; tries < 40; tries++) {
          const { key, value } = signWithTorsion(inKey, inR);
          const isTaken = signatureCheck(key)(MESSAGE, value);
          if (isTaken) taken++;
          assert.equal(isSignedBy(key, MESSAGE, value), true);
          assert.equal(isHeld(key, MESSAGE, value), isTaken);
        }
      }
    }
    assert.ok(taken > 40 && taken < 160, `${taken}`);
  });

  it('are not made by keys of small order', () => {
    const value = Buffer.concat([TORSION.toBytes(), Buffer.alloc(32)]).toString('base64url');
    for (let times = 0n, point = ZERO; times < 8n; times++, point = point.add(TORSION)) {
      assert.equal(isHeld(toKey(point.toBytes()), MESSAGE, value), false);
    }
  });
});

function valueBy(signer: Signer): string {
  return signEvent({ hash: HASH } as Parameters<typeof signEvent>[0], signer).signature?.value ?? assert.fail();
}

/** With parts of small order, which vanish where both sides of the equation are multiplied by the cofactor. */
function signWithTorsion(inKey: typeof ZERO, inR: typeof ZERO): { key: PublicKey; value: string } {
  const [secret, nonce] = [scalar(randomBytes(64)), scalar(randomBytes(64))];
  const point = BASE.multiply(secret).add(inKey).toBytes();
  const r = BASE.multiply(nonce).add(inR).toBytes();
  const challenge = scalar(createHash('sha512').update(r).update(point).update(MESSAGE).digest());
  const s = numberToBytesLE(Fn.create(nonce + challenge * secret), 32);
  return { key: toKey(point), value: Buffer.from(concatBytes(r, s)).toString('base64url') };
}

function toKey(point: Uint8Array): PublicKey {
  return { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(point).toString('base64url') };
}

function scalar(bytes: Uint8Array): bigint {
  return Fn.create(bytesToNumberLE(bytes));
}

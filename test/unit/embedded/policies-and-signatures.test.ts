import assert from 'node:assert/strict';
import { generateKeyPairSync, sign } from 'node:crypto';
import fc from 'fast-check';
import { parseSignaturePolicy } from '../../../network/embedded/msp/parse-policy.js';
import { signMessage, toLowS, verifyMessage } from '../../../network/embedded/msp/signature.js';
import { satisfies, type SignaturePolicy } from '../../../network/embedded/msp/signature-policy.js';

const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });

describe('embedded network: signatures', () => {
  it('are made and taken with a low S only', () => {
    let high = 0;
    for (let count = 0; count < 64; count++) {
      const message = Buffer.from(`message ${count}`);
      const raw = sign('sha256', message, privateKey);
      const low = toLowS(raw);
      assert.equal(verifyMessage(publicKey, [message], low), true);
      if (Buffer.compare(low, raw) === 0) continue;
      high++;
      assert.equal(verifyMessage(publicKey, [message], raw), false);
    }
    assert.ok(high > 0, 'node:crypto makes high ones half of the time');
  });

  it('hold for what was signed and for nothing else', () => {
    const bytes = fc.uint8Array({ minLength: 1, maxLength: 64 });
    fc.assert(
      fc.property(bytes, bytes, (message, other) => {
        const signature = signMessage(privateKey, [message]);
        assert.equal(verifyMessage(publicKey, [message], signature), true);
        assert.equal(verifyMessage(publicKey, [other], signature), Buffer.compare(message, other) === 0);
      }),
      { numRuns: 50 },
    );
  });

  it('are refused, never an error, where the bytes are none', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        assert.equal(verifyMessage(publicKey, [Buffer.from('message')], bytes), false);
      }),
    );
  });
});

describe('embedded network: signature policies', () => {
  const peer = (mspId: string, fingerprint = mspId) => ({ mspId, nodeOu: 'peer' as const, fingerprint });
  const twoOfThree = parseSignaturePolicy("OutOf(2, 'A.peer', 'B.peer', 'C.peer')");

  it('count organizations, not signatures', () => {
    assert.equal(satisfies(twoOfThree, [peer('A'), peer('B')]), true);
    assert.equal(satisfies(twoOfThree, [peer('A'), peer('A')]), false);
    assert.equal(satisfies(twoOfThree, [peer('A', '1'), peer('A', '2')]), false);
    assert.equal(satisfies(twoOfThree, [peer('A'), { ...peer('B'), nodeOu: 'client' }]), false);
    assert.equal(satisfies(twoOfThree, [peer('A'), peer('D')]), false);
    assert.equal(satisfies(twoOfThree, []), false);
  });

  it('nest', () => {
    const policy = parseSignaturePolicy("AND('A.peer', OR('B.peer', 'C.member'))");
    assert.equal(satisfies(policy, [peer('A'), { ...peer('C'), nodeOu: 'client' }]), true);
    assert.equal(satisfies(policy, [peer('B'), peer('C')]), false);
  });

  it('let one signature serve one rule', () => {
    const policy = parseSignaturePolicy("AND('A.peer', 'A.member')");
    assert.equal(satisfies(policy, [peer('A')]), false);
    assert.equal(satisfies(policy, [peer('A', '1'), peer('A', '2')]), true);
  });

  it('are read as Fabric writes them', () => {
    const expected: SignaturePolicy = {
      kind: 'nOutOf',
      n: 1,
      rules: [
        { kind: 'signedBy', mspId: 'Org-1.MSP', role: 'admin' },
        { kind: 'signedBy', mspId: 'B', role: 'member' },
      ],
    };
    assert.deepEqual(parseSignaturePolicy(` OR ( "Org-1.MSP.admin" , 'B.member' ) `), expected);
  });

  for (const text of [
    '',
    "OutOf(3, 'A.peer')",
    "OutOf(0, 'A.peer')",
    "AND('A.peer'",
    "'A.boss'",
    "OR('A.peer') x",
    'OR()',
  ]) {
    it(`are not "${text}"`, () => {
      assert.throws(() => parseSignaturePolicy(text), /is not a signature policy/);
    });
  }
});

import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { readTrust, TrustError } from '../../../verifier/index.js';
import { UNUSABLE_TRUST } from './unusable-trust.js';
import { readGolden, readGoldenTrustFiles } from './golden.js';

describe('what a user trusts', () => {
  const { pems } = readGoldenTrustFiles('receipt');
  const [peer] = readGolden('receipt').identities;
  const [one = '', other = ''] = pems.values();

  for (const { name, json } of UNUSABLE_TRUST) {
    it(`is refused where trust.json has ${name}`, () => {
      assert.throws(() => readTrust(json, pems), TrustError);
    });
  }

  it('is certificates of authorities, one at least of each organization', () => {
    const json = '{ "version": 1, "rule": { "at_least": 1 } }';
    assert.equal(readTrust(json, new Map([['AMSP', one + other]])).authorities.get('AMSP')?.length, 2);
    for (const pem of ['', 'no certificate', peer?.certificate ?? '', one + (peer?.certificate ?? '')]) {
      assert.throws(() => readTrust(json, new Map([['AMSP', pem]])), TrustError, pem);
    }
  });

  it('is refused where two organizations have one authority: nobody could tell who of them signed', () => {
    const json = '{ "version": 1, "rule": { "at_least": 2 } }';
    const shared = new Map([
      ['AMSP', one],
      ['BMSP', other + one],
    ]);
    assert.throws(() => readTrust(json, shared), /AMSP and BMSP have one and the same authority/);
    assert.ok(readTrust(json, new Map([...shared, ['BMSP', other]])));
  });
});

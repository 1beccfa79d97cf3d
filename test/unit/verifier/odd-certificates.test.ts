import assert from 'node:assert/strict';
import { before, describe, it } from 'mocha';
import { verifyEvidence } from '../../../verifier/index.js';
import type { FaultCode } from '../../../verifier/index.js';
import { createThreeSigners, forgeEvidence, toBytes, trustIn } from './forge-evidence.js';
import type { Signers } from './forge-evidence.js';
import { createOddSigner, ODDITIES } from './odd-certificates.js';

describe('the verifier on certificates that no authority should issue', () => {
  let signers: Signers;
  before(async () => {
    signers = await createThreeSigners();
  });

  /** Of an organization that the user trusts, and of one that the user does not know. */
  async function faultsOf(oddity: keyof typeof ODDITIES): Promise<(FaultCode | undefined)[]> {
    const auditor = await createOddSigner('AuditorMSP', ODDITIES[oddity]);
    const file = toBytes(await forgeEvidence({ ...signers, auditor }));
    const { operator, partner } = signers;
    return [trustIn([operator, partner, auditor]), trustIn([operator, partner])].map(
      (trust) => verifyEvidence(file, trust).fault?.code,
    );
  }

  it('takes a plain one', async () => {
    assert.deepEqual(await faultsOf('plain'), [undefined, undefined]);
  });

  it('refuses an authority that signs by itself, and somebody who is no peer, where it knows them', async () => {
    assert.deepEqual(await faultsOf('authority'), ['NOT_A_PEER', undefined]);
    assert.deepEqual(await faultsOf('noPeer'), ['NOT_A_PEER', undefined]);
  });

  it('refuses a critical extension that it does not know, and a key on another curve, whoever has it', async () => {
    assert.deepEqual(await faultsOf('unknownCritical'), ['MALFORMED_CERTIFICATE', 'MALFORMED_CERTIFICATE']);
    assert.deepEqual(await faultsOf('otherCurve'), ['MALFORMED_CERTIFICATE', 'MALFORMED_CERTIFICATE']);
  });
});

import assert from 'node:assert/strict';
import { createPrivateKey, sign } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { msp, peer } from '@hyperledger/fabric-protos';
import fc from 'fast-check';
import { after, before, describe, it } from 'mocha';
import { EndorsementVerifier } from '../../../gateway/fabric/endorsements.js';
import { createSigner } from '../../../gateway/fabric/signer.js';
import { createOrganization } from '../../../network/identities/index.js';
import type { Identity, OrganizationMaterial } from '../../../network/identities/index.js';
import { isLowS } from '../../../network/identities/low-s.js';

const PAYLOAD = Buffer.from('what the contract answered');

describe('endorsement signatures', () => {
  let dir = '';
  let one: OrganizationMaterial;
  let two: OrganizationMaterial;
  let verifier: EndorsementVerifier;

  before(async () => {
    dir = mkdtempSync(join(tmpdir(), 'audit-endorsements-'));
    const create = (name: string, mspId: string) =>
      createOrganization(
        { name, mspId, domain: `${name}.example`, peers: 1, clients: ['app'] },
        { dir: join(dir, name), demo: true },
      );
    [one, two] = [await create('one', 'OneMSP'), await create('two', 'TwoMSP')];
    verifier = new EndorsementVerifier(
      new Map([
        ['OneMSP', one.caCertificatePem],
        ['TwoMSP', two.caCertificatePem],
      ]),
    );
  });
  after(() => rmSync(dir, { recursive: true }));

  it('count for the organizations whose peers signed', () => {
    assert.deepEqual(verifier.endorsersOf(action([endorse(peerOf(two)), endorse(peerOf(one)), endorse(peerOf(one))])), [
      'OneMSP',
      'TwoMSP',
    ]);
  });

  it('do not count over another payload or endorser', () => {
    const { endorser, signature } = endorse(peerOf(one));
    assert.deepEqual(verifier.endorsersOf(action([{ endorser, signature }], Buffer.from('another answer'))), []);
    assert.deepEqual(verifier.endorsersOf(action([{ endorser: endorse(peerOf(two)).endorser, signature }])), []);
  });

  it('do not count for an organization whose root did not issue the certificate', () => {
    assert.deepEqual(verifier.endorsersOf(action([endorse({ ...peerOf(one), mspId: 'TwoMSP' })])), []);
    assert.deepEqual(verifier.endorsersOf(action([endorse({ ...peerOf(one), mspId: 'NobodyMSP' })])), []);
  });

  it('do not count where no peer made them', () => {
    assert.deepEqual(verifier.endorsersOf(action([endorse(one.clients[0] ?? assert.fail())])), []);
  });

  it('do not count, and do no harm, as garbage', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (signature) => {
        const { endorser } = endorse(peerOf(one));
        return verifier.endorsersOf(action([{ endorser, signature }])).length === 0;
      }),
    );
  });

  it('are made with a low S, always', async () => {
    const signer = createSigner(Buffer.from(peerOf(one).privateKeyPem));
    for (let round = 0; round < 200; round++) {
      const message = Buffer.from(`message ${round}`);
      const signature = await signer(message);
      assert.ok(isLowS(signature));
      const { endorser } = endorse(peerOf(one));
      const over = await signer(Buffer.concat([PAYLOAD, endorser]));
      assert.deepEqual(verifier.endorsersOf(action([{ endorser, signature: over }])), ['OneMSP']);
    }
  });
});

interface Endorsed {
  endorser: Uint8Array;
  signature: Uint8Array;
}

function peerOf({ peers: [first] }: OrganizationMaterial): Identity {
  return first ?? assert.fail();
}

function endorse({ mspId, certificatePem, privateKeyPem }: Identity): Endorsed {
  const identity = new msp.SerializedIdentity();
  identity.setMspid(mspId);
  identity.setIdBytes(Buffer.from(certificatePem));
  const endorser = identity.serializeBinary();
  return { endorser, signature: sign('sha256', Buffer.concat([PAYLOAD, endorser]), createPrivateKey(privateKeyPem)) };
}

function action(endorsements: Endorsed[], payload: Uint8Array = PAYLOAD): peer.ChaincodeEndorsedAction {
  const endorsed = new peer.ChaincodeEndorsedAction();
  endorsed.setProposalResponsePayload(payload);
  endorsed.setEndorsementsList(
    endorsements.map(({ endorser, signature }) => {
      const endorsement = new peer.Endorsement();
      endorsement.setEndorser(endorser);
      endorsement.setSignature(signature);
      return endorsement;
    }),
  );
  return endorsed;
}

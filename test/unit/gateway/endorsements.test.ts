import assert from 'node:assert/strict';
import { createPrivateKey, sign } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { msp, peer } from '@hyperledger/fabric-protos';
import fc from 'fast-check';
import { after, before, describe, it } from 'mocha';
import { VerifiedSignatures } from '../../../core/index.js';
import { endorsersOf } from '../../../gateway/fabric/endorsements.js';
import { Members } from '../../../gateway/fabric/members.js';
import { createSigner, remembering } from '../../../gateway/fabric/signer.js';
import { createOrganization } from '../../../network/identities/index.js';
import type { Identity, OrganizationMaterial } from '../../../network/identities/index.js';
import { isLowS } from '../../../network/identities/low-s.js';

const PAYLOAD = Buffer.from('what the contract answered');

describe('endorsement signatures', () => {
  let dir = '';
  let one: OrganizationMaterial;
  let two: OrganizationMaterial;
  let members: Members;
  let rememberingMembers: Members;

  before(async () => {
    dir = mkdtempSync(join(tmpdir(), 'audit-endorsements-'));
    const create = (name: string, mspId: string) =>
      createOrganization(
        { name, mspId, domain: `${name}.example`, peers: 1, clients: ['app'] },
        { dir: join(dir, name), demo: true },
      );
    [one, two] = [await create('one', 'OneMSP'), await create('two', 'TwoMSP')];
    const roots = new Map([
      ['OneMSP', one.caCertificatePem],
      ['TwoMSP', two.caCertificatePem],
    ]);
    members = new Members(roots);
    rememberingMembers = new Members(roots, new VerifiedSignatures());
  });
  after(() => rmSync(dir, { recursive: true }));

  /** The same for who remembers, the first time and again. */
  function endorsers(endorsed: peer.ChaincodeEndorsedAction): string[] {
    const computed = endorsersOf(endorsed, members);
    for (let time = 0; time < 2; time++) assert.deepEqual(endorsersOf(endorsed, rememberingMembers), computed);
    return computed;
  }

  it('count for the organizations whose peers signed', () => {
    assert.deepEqual(endorsers(action([endorse(peerOf(two)), endorse(peerOf(one)), endorse(peerOf(one))])), [
      'OneMSP',
      'TwoMSP',
    ]);
  });

  it('do not count over another payload or endorser', () => {
    const { endorser, signature } = endorse(peerOf(one));
    assert.deepEqual(endorsers(action([{ endorser, signature }], Buffer.from('another answer'))), []);
    assert.deepEqual(endorsers(action([{ endorser: endorse(peerOf(two)).endorser, signature }])), []);
  });

  it('do not count for an organization whose root did not issue the certificate', () => {
    assert.deepEqual(endorsers(action([endorse({ ...peerOf(one), mspId: 'TwoMSP' })])), []);
    assert.deepEqual(endorsers(action([endorse({ ...peerOf(one), mspId: 'NobodyMSP' })])), []);
  });

  it('do not count where no peer made them', () => {
    assert.deepEqual(endorsers(action([endorse(one.clients[0] ?? assert.fail())])), []);
  });

  it('do not count, and do no harm, as garbage', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (signature) => {
        const { endorser } = endorse(peerOf(one));
        return endorsers(action([{ endorser, signature }])).length === 0;
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
      assert.deepEqual(endorsers(action([{ endorser, signature: over }])), ['OneMSP']);
    }
  });

  it('are known to who made them, for what was signed and nothing else', async () => {
    const verified = new VerifiedSignatures();
    const { certificatePem, privateKeyPem } = peerOf(one);
    const signer = remembering(createSigner(Buffer.from(privateKeyPem)), Buffer.from(certificatePem), verified);
    const { endorser } = endorse(peerOf(one));
    const signature = await signer(Buffer.concat([PAYLOAD, endorser]));
    const own = new Members(new Map([['OneMSP', one.caCertificatePem]]), verified);
    const member = own.identify(endorser) ?? assert.fail();
    const claim = { fingerprint: member.fingerprint, message: [PAYLOAD, endorser], signature };
    assert.equal(
      verified.isValid(claim, () => assert.fail('it was computed')),
      true,
    );
    assert.deepEqual(endorsersOf(action([{ endorser, signature }]), own), ['OneMSP']);
    assert.deepEqual(endorsersOf(action([{ endorser, signature }], Buffer.from('another answer')), own), []);
    // Whose certificate it is, is asked all the same.
    assert.deepEqual(endorsersOf(action([{ endorser, signature }]), new Members(new Map(), verified)), []);
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

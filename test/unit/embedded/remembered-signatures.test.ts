import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import { VerifiedSignatures } from '../../../core/index.js';
import { ChannelMembership, UnknownIdentityError } from '../../../network/embedded/msp/membership.js';
import { Signer } from '../../../network/embedded/msp/signer.js';
import { createOrganization } from '../../../network/identities/index.js';
import type { Identity, OrganizationMaterial } from '../../../network/identities/index.js';

const MESSAGE = Buffer.from('what was endorsed');

describe('embedded network: signatures that were verified before', () => {
  const dir = mkdtempSync(join(tmpdir(), 'audit-remembered-'));
  let organization: OrganizationMaterial;
  let verified: VerifiedSignatures;
  let membership: ChannelMembership;

  before(async () => {
    const request = { name: 'one', mspId: 'OneMSP', domain: 'one.example', peers: 2 };
    organization = await createOrganization(request, { dir: join(dir, 'one'), demo: true });
    verified = new VerifiedSignatures();
    membership = new ChannelMembership([organization], verified);
  });
  after(() => rmSync(dir, { recursive: true }));

  function signer(index: number, learns?: VerifiedSignatures): Signer {
    const { mspId, certificatePem, privateKeyPem } = peerOf(organization, index);
    return new Signer(mspId, certificatePem, privateKeyPem, learns);
  }

  for (const [how, learns] of [
    ['by others', false],
    ['here', true],
  ] as const) {
    it(`are valid again, made ${how}, and no others are for it`, () => {
      const [one, two] = [signer(0, learns ? verified : undefined), signer(1)];
      const signature = one.sign(MESSAGE);
      for (let time = 0; time < 2; time++) {
        assert.equal(membership.verify(one.creator, [MESSAGE], signature).mspId, 'OneMSP');
        refused(() => membership.verify(one.creator, [Buffer.from('something else')], signature));
        refused(() => membership.verify(two.creator, [MESSAGE], signature));
        refused(() => membership.verify(one.creator, [MESSAGE], two.sign(MESSAGE)));
        refused(() => membership.verify(one.creator, [MESSAGE], Buffer.concat([signature, Buffer.of(0)])));
      }
    });
  }

  it('are of no use to whom no authority of the channel has certified', () => {
    const one = signer(0, verified);
    const signature = one.sign(MESSAGE);
    const stranger = new ChannelMembership([{ ...organization, mspId: 'TwoMSP' }], verified);
    refused(() => stranger.verify(one.creator, [MESSAGE], signature));
  });

  it('are computed where nothing is to be remembered', () => {
    const one = signer(0, verified);
    const forged = Buffer.from(one.sign(Buffer.from('something else')));
    verified.add({ fingerprint: membership.identify(one.creator).fingerprint, message: [MESSAGE], signature: forged });
    refused(() => new ChannelMembership([organization]).verify(one.creator, [MESSAGE], forged));
  });

  it('are not made with a key that is not the certificate’s', () => {
    const { mspId, certificatePem } = peerOf(organization, 0);
    const { privateKeyPem } = peerOf(organization, 1);
    assert.throws(() => new Signer(mspId, certificatePem, privateKeyPem, verified), /not a pair/);
  });
});

function peerOf({ peers }: OrganizationMaterial, index: number): Identity {
  return peers[index] ?? assert.fail();
}

function refused(verify: () => unknown): void {
  assert.throws(verify, UnknownIdentityError);
}

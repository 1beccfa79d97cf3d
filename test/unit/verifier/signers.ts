import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { msp } from '@hyperledger/fabric-protos';
import { createSigner } from '../../../gateway/fabric/signer.js';
import { createOrganization } from '../../../network/identities/index.js';
import type { Identity } from '../../../network/identities/index.js';

/** A member of an organization that can endorse: in the role of a peer, or in one that must not. */
export interface Endorser {
  mspId: string;
  certificatePem: string;
  /** SerializedIdentity. */
  identity: Buffer;
  sign: (message: Uint8Array) => Promise<Uint8Array>;
}

export interface SigningOrganization {
  mspId: string;
  authorityPem: string;
  peer: Endorser;
  client: Endorser;
}

/** An organization with keys of its own, marked as of a demonstration or not. */
export async function createSigners(
  name: string,
  { demo = false, mspId = `${name}MSP`, now = new Date() } = {},
): Promise<SigningOrganization> {
  const dir = mkdtempSync(join(tmpdir(), 'signers-'));
  const request = { name, mspId, domain: `${name.toLowerCase()}.example`, peers: 1, clients: ['gateway'] };
  const material = await createOrganization(request, { dir: join(dir, name), demo, now });
  rmSync(dir, { recursive: true });
  const [peer] = material.peers;
  const [client] = material.clients;
  if (!peer || !client) throw new Error('the organization has no peer or no client');
  return { mspId, authorityPem: material.caCertificatePem, peer: endorser(peer), client: endorser(client) };
}

function endorser({ mspId, certificatePem, privateKeyPem }: Identity): Endorser {
  const identity = new msp.SerializedIdentity();
  identity.setMspid(mspId);
  identity.setIdBytes(Buffer.from(certificatePem));
  const sign = createSigner(Buffer.from(privateKeyPem));
  return { mspId, certificatePem, identity: Buffer.from(identity.serializeBinary()), sign };
}

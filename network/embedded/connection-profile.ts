import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Identity, OrganizationMaterial } from '../identities/index.js';

export interface ProfileRequest {
  channel: string;
  chaincode: string;
  organization: OrganizationMaterial;
  client: Identity;
  /** `host:port` of the organization's peer. */
  endpoint: string;
  organizations: readonly OrganizationMaterial[];
  orderer: OrganizationMaterial;
}

/**
 * Writes what a client of one organization needs into a folder of its own: the connection profile (version 1), its
 * identity, and the CA certificates of all organizations. Paths in the profile are relative to it.
 * @returns the profile's path
 */
export function writeConnectionProfile(dir: string, request: ProfileRequest): string {
  const { channel, chaincode, organization, client, endpoint, organizations, orderer } = request;
  const file = join(dir, 'connection.json');
  mkdirSync(join(dir, 'roots'), { recursive: true, mode: 0o700 });
  replaceFile(join(dir, 'client-cert.pem'), client.certificatePem);
  replaceFile(join(dir, 'client-key.pem'), client.privateKeyPem);
  for (const { mspId, caCertificatePem } of [...organizations, orderer])
    replaceFile(join(dir, 'roots', `${mspId}.pem`), caCertificatePem);
  const profile = {
    version: 1,
    network: { kind: 'embedded', independent: false },
    channel,
    chaincode,
    msp_id: organization.mspId,
    organizations: organizations.map(({ mspId }) => mspId),
    identity: { certificate: 'client-cert.pem', private_key: 'client-key.pem' },
    peers: [{ endpoint, tls: null }],
    organization_roots: Object.fromEntries(organizations.map(({ mspId }) => [mspId, `roots/${mspId}.pem`])),
    orderer_roots: { [orderer.mspId]: `roots/${orderer.mspId}.pem` },
  };
  replaceFile(file, `${JSON.stringify(profile, null, 2)}\n`);
  return file;
}

/** Whole or not at all: a reader never sees half a file. */
function replaceFile(file: string, text: string): void {
  writeFileSync(`${file}.new`, text, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

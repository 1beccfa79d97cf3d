import { join } from 'node:path';

/** Where an organization's files are, as Fabric's programs expect them. */

export type Role = 'client' | 'peer' | 'admin' | 'orderer';

const FOLDERS: Record<Role, string> = { client: 'users', admin: 'users', peer: 'peers', orderer: 'orderers' };

/** The last file to be written: what the folder holds. */
export const manifestFile = (dir: string): string => join(dir, 'organization.json');

/** An authority's certificate and key. */
const authorityFolder = (dir: string, kind: 'ca' | 'tlsca'): string => join(dir, kind);

/** An authority's own certificate. */
export const authorityFile = (dir: string, kind: 'ca' | 'tlsca'): string =>
  join(authorityFolder(dir, kind), `${kind}-cert.pem`);

/** Its key. Whoever has it is the organization. */
export const authorityKeyFile = (dir: string, kind: 'ca' | 'tlsca'): string =>
  join(authorityFolder(dir, kind), `${kind}-key.pem`);

/** What others must know of the organization to verify its identities (Fabric's MSP folder without a signer). */
export const organizationMspFolder = (dir: string): string => join(dir, 'msp');

/** The folder of one identity: `msp/` is its MSP folder, `tls/` its TLS certificate and key. */
export const identityFolder = (dir: string, role: Role, name: string): string => join(dir, FOLDERS[role], name);

/** Fabric's own file names in an identity's `tls/`. */
export const TLS_FILES = { ca: 'ca.crt', certificate: 'server.crt', privateKey: 'server.key' } as const;

/** Node OUs for Fabric's `config.yaml`: the organizational unit says what an identity may act as. */
export function nodeOusConfig(): string {
  const roles = ['Client', 'Peer', 'Admin', 'Orderer'].map(
    (role) =>
      `  ${role}OUIdentifier:\n    Certificate: cacerts/ca-cert.pem\n    OrganizationalUnitIdentifier: ${role.toLowerCase()}\n`,
  );
  return `NodeOUs:\n  Enable: true\n${roles.join('')}`;
}

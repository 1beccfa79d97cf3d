import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { TLS_FILES, authorityFile, identityFolder } from '../identities/index.js';
import { HOST, organizationFolder } from './layout.js';
import type { NativeLayout } from './layout.js';
import type { PeerOrganization } from '../definition/index.js';

export type NetworkKind = 'native' | 'compose';

/** Who reads a profile: a gateway on this machine, or one beside the peers, which knows them by their own names. */
export type ReadFrom = 'this machine' | 'the network';

export const profileFile = (dir: string, organization: string, readFrom: ReadFrom = 'this machine'): string =>
  join(dir, 'profiles', organization, readFrom === 'this machine' ? 'connection.json' : 'connection-inside.json');

/**
 * Writes what a gateway of each organization needs: where its peers are, who it is, and whose certificates to trust.
 * Paths are relative to the profile.
 * @param consortium of which it names every organization whose certificate is here, those that have joined as well. Peers of one organization serve one gateway, the organization's own first.
 * `independent` is false: whoever runs this machine holds every organization's keys, even though real peers use them.
 */
export function writeProfiles(
  layout: NativeLayout,
  kind: NetworkKind,
  consortium = layout.definition,
): Record<string, string> {
  const ofAll = { ...layout, definition: consortium };
  const { organizations } = layout.definition;
  return Object.fromEntries(organizations.map((one) => [one.name, writeProfile(ofAll, one, kind)]));
}

/** The profile of one organization, whose peers are the layout's. @returns its file */
export function writeProfile(
  layout: NativeLayout,
  organization: PeerOrganization,
  kind: NetworkKind,
  readFrom: ReadFrom = 'this machine',
): string {
  const file = profileFile(layout.dir, organization.name, readFrom);
  const folder = dirname(file);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const head = { version: 1, network: { kind, independent: false } };
  const content = { ...head, ...profileOf(layout, organization, folder, readFrom) };
  // A gateway may be reading it.
  writeFileSync(`${file}.new`, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
  return file;
}

function profileOf(
  layout: NativeLayout,
  { name, mspId, domain, clients }: PeerOrganization,
  folder: string,
  readFrom: ReadFrom,
): object {
  const { dir, definition, peers } = layout;
  const client = identityFolder(organizationFolder(dir, name), 'client', `${clients[0] ?? ''}@${domain}`);
  const rootOf = (organization: string): string => authorityFile(organizationFolder(dir, organization), 'ca');
  const known = definition.organizations.filter((one) => existsSync(rootOf(one.name)));
  return {
    channel: definition.channel,
    chaincode: definition.chaincode.name,
    msp_id: mspId,
    organizations: known.map((one) => one.mspId),
    identity: {
      certificate: relative(folder, join(client, 'msp', 'signcerts', 'cert.pem')),
      private_key: relative(folder, join(client, 'msp', 'keystore', 'key.pem')),
    },
    peers: peers
      .filter((peer) => peer.mspId === mspId)
      .map((peer) => ({
        endpoint: `${readFrom === 'this machine' ? HOST : peer.host}:${peer.port}`,
        tls: { ca: relative(folder, join(peer.identity, 'tls', TLS_FILES.ca)), server_name: peer.name },
      })),
    organization_roots: Object.fromEntries(known.map((one) => [one.mspId, relative(folder, rootOf(one.name))])),
    orderer_roots: ordererRoots(layout, folder),
  };
}

/** Of a Raft channel, whose orderers sign with their own certificates. A newcomer's folder may not have the root. */
function ordererRoots({ dir, definition: { ordering } }: NativeLayout, folder: string): Record<string, string> {
  const { name, mspId } = ordering.organization;
  const root = authorityFile(organizationFolder(dir, name), 'ca');
  return ordering.consensus === 'raft' && existsSync(root) ? { [mspId]: relative(folder, root) } : {};
}

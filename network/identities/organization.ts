import { existsSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonName } from './x509.js';
import { z } from 'zod';
import { createAuthority, issueSigning, issueTls, readAuthority } from './certificates.js';
import type { Authority, KeyPairPem } from './certificates.js';
import { DEMO_WORDS, demoExtension } from './demo-marks.js';
import {
  TLS_FILES,
  authorityFile,
  authorityKeyFile,
  identityFolder,
  manifestFile,
  nodeOusConfig,
  organizationMspFolder,
} from './layout.js';
import type { Role } from './layout.js';
import { makeFolder, replaceFile, writeFile } from './private-files.js';

/** What is made for an organization; node names become host names below its domain. */
export interface OrganizationRequest {
  name: string;
  mspId: string;
  domain: string;
  peers?: number;
  orderers?: number;
  clients?: readonly string[];
}

/** An identity with its private key, both PEM. */
export interface Identity extends KeyPairPem {
  mspId: string;
  /** `peer0.operator.example`, `gateway@operator.example`. */
  name: string;
  tls: KeyPairPem;
}

export interface OrganizationMaterial {
  name: string;
  mspId: string;
  domain: string;
  /** Whether its certificates say that they are for demonstration. */
  demo: boolean;
  caCertificatePem: string;
  tlsCaCertificatePem: string;
  admin: Identity;
  peers: Identity[];
  orderers: Identity[];
  clients: Identity[];
}

/** The organization's folder cannot be used. */
export class IdentitiesError extends Error {
  override readonly name = 'IdentitiesError';
}

const manifest = z.strictObject({
  version: z.literal(1),
  name: z.string(),
  mspId: z.string(),
  domain: z.string(),
  demo: z.boolean(),
  identities: z.array(z.strictObject({ role: z.enum(['client', 'peer', 'admin', 'orderer']), name: z.string() })),
});
type Manifest = z.output<typeof manifest>;

/**
 * Makes an organization's authorities and identities in `dir`, whole or not at all: they are made beside it and moved
 * there when complete. What a crash left half-made is thrown away; no one can have used it.
 * @throws {IdentitiesError} if `dir` exists already.
 */
export async function createOrganization(
  request: OrganizationRequest,
  { dir, demo, now = new Date() }: { dir: string; demo: boolean; now?: Date },
): Promise<OrganizationMaterial> {
  if (existsSync(dir)) throw new IdentitiesError(`${dir} exists already`);
  const unfinished = `${dir}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  makeFolder(unfinished);
  const content: Manifest = {
    version: 1,
    name: request.name,
    mspId: request.mspId,
    domain: request.domain,
    demo,
    identities: identitiesOf(request),
  };
  const ca = await createAuthority(subjectOf(content, `ca.${request.domain}`), now);
  const tlsCa = await createAuthority(subjectOf(content, `tlsca.${request.domain}`), now);
  writeAuthorities(unfinished, ca, tlsCa);
  for (const { role, name } of content.identities) await writeIdentity(unfinished, content, { ca, tlsCa, role, name });
  writeFile(manifestFile(unfinished), `${JSON.stringify(content, null, 2)}\n`);
  renameSync(unfinished, dir);
  return loadOrganization(dir);
}

/** @throws {IdentitiesError} if a file is missing or the folder is not one of ours. */
export function loadOrganization(dir: string): OrganizationMaterial {
  const { name, mspId, domain, demo, identities } = readManifest(dir);
  const withRole = (wanted: Role): Identity[] =>
    identities.filter(({ role }) => role === wanted).map((one) => readIdentity(dir, mspId, one.role, one.name));
  const [admin] = withRole('admin');
  if (!admin) throw new IdentitiesError(`${dir} has no administrator`);
  return {
    name,
    mspId,
    domain,
    demo,
    caCertificatePem: read(authorityFile(dir, 'ca')),
    tlsCaCertificatePem: read(authorityFile(dir, 'tlsca')),
    admin,
    peers: withRole('peer'),
    orderers: withRole('orderer'),
    clients: withRole('client'),
  };
}

function identitiesOf({ domain, peers = 0, orderers = 0, clients = [] }: OrganizationRequest): Manifest['identities'] {
  const nodes = (role: 'peer' | 'orderer', count: number) =>
    Array.from({ length: count }, (_, index) => ({ role, name: `${role}${index}.${domain}` }));
  return [
    { role: 'admin', name: `admin@${domain}` },
    ...nodes('peer', peers),
    ...nodes('orderer', orderers),
    ...clients.map((client) => ({ role: 'client' as const, name: `${client}@${domain}` })),
  ];
}

function subjectOf({ domain, demo }: Manifest, commonName: string, role?: Role): JsonName {
  return [
    { O: [domain] },
    ...(demo ? [{ OU: [DEMO_WORDS] }] : []),
    // Fabric wants exactly one of its own four units; it does not mind others beside it.
    ...(role ? [{ OU: [role] }] : []),
    { CN: [commonName] },
  ];
}

function writeAuthorities(dir: string, ca: Authority, tlsCa: Authority): void {
  for (const [kind, authority] of [
    ['ca', ca],
    ['tlsca', tlsCa],
  ] as const) {
    writeFile(authorityFile(dir, kind), authority.certificatePem);
    writeFile(authorityKeyFile(dir, kind), authority.privateKeyPem);
  }
  writeMspFolder(organizationMspFolder(dir), ca, tlsCa);
}

function writeMspFolder(folder: string, ca: Authority, tlsCa: Authority): void {
  writeFile(join(folder, 'cacerts', 'ca-cert.pem'), ca.certificatePem);
  writeFile(join(folder, 'tlscacerts', 'tlsca-cert.pem'), tlsCa.certificatePem);
  writeFile(join(folder, 'config.yaml'), nodeOusConfig());
}

/**
 * New certificates under the same authorities for every identity of the organization. Whoever is known by a key
 * rather than by a certificate keeps it: the channel's configuration names orderers so. All others get a new one.
 * @param isWanted which identities; the others stay as they are. @throws {IdentitiesError}
 */
export async function renewIdentities(
  dir: string,
  isWanted: (role: Role, name: string) => boolean,
  now = new Date(),
): Promise<void> {
  const content = readManifest(dir);
  const authority = (kind: 'ca' | 'tlsca'): Promise<Authority> =>
    readAuthority(read(authorityFile(dir, kind)), read(authorityKeyFile(dir, kind)), now);
  const authorities = { ca: await authority('ca'), tlsCa: await authority('tlsca') };
  for (const { role, name } of content.identities.filter((one) => isWanted(one.role, one.name))) {
    const renewed = role === 'orderer' ? readIdentity(dir, content.mspId, role, name) : undefined;
    const { signing, tls } = await issueIdentity(content, { ...authorities, role, name, renewed });
    writeKeyPairs(identityFolder(dir, role, name), signing, tls, replaceFile);
  }
}

interface IdentityRequest {
  ca: Authority;
  tlsCa: Authority;
  role: Role;
  name: string;
  /** Whose keys to keep. */
  renewed?: Identity | undefined;
}

async function issueIdentity(
  content: Manifest,
  { ca, tlsCa, role, name, renewed }: IdentityRequest,
): Promise<{ signing: KeyPairPem; tls: KeyPairPem }> {
  // Only what signs evidence carries the critical mark: clients and TLS must go on working with Fabric's programs.
  const marks = content.demo && (role === 'peer' || role === 'orderer') ? [demoExtension()] : [];
  const signing = await issueSigning(ca, subjectOf(content, name, role), marks, renewed);
  const tls = await issueTls(tlsCa, subjectOf(content, name), hostnamesOf(content, role, name), renewed?.tls);
  return { signing, tls };
}

/** Clients serve as well, under names of their own: `gateway.DOMAIN`, or beside each peer, `chaincode.PEER`. */
function hostnamesOf({ domain, identities }: Manifest, role: Role, name: string): string[] {
  if (role === 'peer' || role === 'orderer') return [name];
  if (role === 'admin') return [];
  const [client = ''] = name.split('@');
  const peers = identities.filter((one) => one.role === 'peer');
  return [domain, ...peers.map((peer) => peer.name)].map((host) => `${client}.${host}`);
}

async function writeIdentity(dir: string, content: Manifest, request: IdentityRequest): Promise<void> {
  const { ca, tlsCa, role, name } = request;
  const folder = identityFolder(dir, role, name);
  const { signing, tls } = await issueIdentity(content, request);
  writeMspFolder(join(folder, 'msp'), ca, tlsCa);
  writeFile(join(folder, 'tls', TLS_FILES.ca), tlsCa.certificatePem);
  writeKeyPairs(folder, signing, tls, writeFile);
}

function writeKeyPairs(folder: string, signing: KeyPairPem, tls: KeyPairPem, write: typeof writeFile): void {
  write(join(folder, 'msp', 'signcerts', 'cert.pem'), signing.certificatePem);
  write(join(folder, 'msp', 'keystore', 'key.pem'), signing.privateKeyPem);
  write(join(folder, 'tls', TLS_FILES.certificate), tls.certificatePem);
  write(join(folder, 'tls', TLS_FILES.privateKey), tls.privateKeyPem);
}

function readManifest(dir: string): Manifest {
  let json: unknown;
  try {
    json = JSON.parse(read(manifestFile(dir)));
  } catch {
    throw new IdentitiesError(`${dir} is not the folder of an organization, or is incomplete`);
  }
  const result = manifest.safeParse(json);
  if (!result.success) throw new IdentitiesError(`${manifestFile(dir)} is not valid`);
  return result.data;
}

function readIdentity(dir: string, mspId: string, role: Role, name: string): Identity {
  const folder = identityFolder(dir, role, name);
  return {
    mspId,
    name,
    certificatePem: read(join(folder, 'msp', 'signcerts', 'cert.pem')),
    privateKeyPem: read(join(folder, 'msp', 'keystore', 'key.pem')),
    tls: {
      certificatePem: read(join(folder, 'tls', TLS_FILES.certificate)),
      privateKeyPem: read(join(folder, 'tls', TLS_FILES.privateKey)),
    },
  };
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    throw new IdentitiesError(`${file} is missing`);
  }
}

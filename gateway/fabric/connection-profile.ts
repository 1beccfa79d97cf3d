import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { ConfigError } from '../config-error.js';

/** Where a Fabric network is and who this gateway is in it. Paths in the file are relative to the file. */
const filePath = z.string().min(1);
const profileFile = z.strictObject({
  version: z.literal(1),
  network: z.strictObject({ kind: z.enum(['embedded', 'native', 'compose', 'fabric']), independent: z.boolean() }),
  channel: z.string().min(1),
  chaincode: z.string().min(1),
  msp_id: z.string().min(1),
  organizations: z.array(z.string().min(1)).min(1),
  identity: z.strictObject({ certificate: filePath, private_key: filePath }),
  peers: z
    .array(
      z.strictObject({
        endpoint: z.string().min(1),
        tls: z.strictObject({ ca: filePath, server_name: z.string().min(1).optional() }).nullable(),
      }),
    )
    .min(1),
  organization_roots: z.record(z.string(), filePath),
  orderer_roots: z.record(z.string(), filePath).default({}),
});

type ProfileFile = z.output<typeof profileFile>;

/** The profile with its files read: certificates and key as PEM. */
export interface ConnectionProfile {
  network: ProfileFile['network'];
  channel: string;
  chaincode: string;
  mspId: string;
  organizations: string[];
  certificate: Buffer;
  privateKey: Buffer;
  peers: PeerAddress[];
  /** PEM certificates that each organization's peers must chain up to. */
  organizationRoots: Map<string, string>;
  /** The same of the organizations that order; empty where they are not named. */
  ordererRoots: Map<string, string>;
}

export interface PeerAddress {
  endpoint: string;
  tls?: { ca: Buffer; serverName?: string };
}

/** @throws {ConfigError} that says which file or field is wrong. */
export async function readConnectionProfile(file: string): Promise<ConnectionProfile> {
  const parsed = profileFile.safeParse(await readProfileJson(file));
  if (!parsed.success)
    throw new ConfigError(`The connection profile ${file} is not valid: ${z.prettifyError(parsed.error)}`);
  const { data } = parsed;
  const read = (name: string) => readNamedFile(path.resolve(path.dirname(file), name));
  const certificate = await read(data.identity.certificate);
  const privateKey = await read(data.identity.private_key);
  if (!belongTogether(certificate, privateKey))
    throw new ConfigError(`The certificate and the private key of the connection profile ${file} are not a pair.`);
  return {
    network: data.network,
    channel: data.channel,
    chaincode: data.chaincode,
    mspId: data.msp_id,
    organizations: data.organizations,
    certificate,
    privateKey,
    peers: await Promise.all(data.peers.map((peer) => readPeer(peer, read))),
    organizationRoots: await readRoots(data.organization_roots, read),
    ordererRoots: await readRoots(data.orderer_roots, read),
  };
}

/** While a certificate is renewed, one file is new before the other. */
function belongTogether(certificate: Buffer, privateKey: Buffer): boolean {
  try {
    return new X509Certificate(certificate).checkPrivateKey(createPrivateKey(privateKey));
  } catch {
    return false;
  }
}

async function readRoots(
  files: Record<string, string>,
  read: (name: string) => Promise<Buffer>,
): Promise<Map<string, string>> {
  const roots = Object.entries(files).map(async ([mspId, name]) => [mspId, (await read(name)).toString()] as const);
  return new Map(await Promise.all(roots));
}

async function readPeer(
  { endpoint, tls }: ProfileFile['peers'][number],
  read: (name: string) => Promise<Buffer>,
): Promise<PeerAddress> {
  if (!tls) return { endpoint };
  return { endpoint, tls: { ca: await read(tls.ca), ...(tls.server_name && { serverName: tls.server_name }) } };
}

async function readProfileJson(file: string): Promise<unknown> {
  const text = (await readNamedFile(file)).toString();
  try {
    return JSON.parse(text);
  } catch {
    throw new ConfigError(`The connection profile ${file} is not valid JSON.`);
  }
}

async function readNamedFile(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (error) {
    throw new ConfigError(`The file ${file}, which the connection profile needs, cannot be read.`, { cause: error });
  }
}

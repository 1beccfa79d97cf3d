import { bytesToHex } from '@noble/hashes/utils.js';
import { z } from 'zod';
import { CHAINCODE, CHANNEL, LIMITS, normalizeTimestamp, parseJson, timestamp } from '../core/index.js';
import { readCertificates } from './wire/certificate.js';
import type { Certificate } from './wire/certificate.js';

const name = z.string().min(1).max(LIMITS.nameLength);

/** `trust.json`: what the user takes for granted, and nothing of it comes from the evidence. */
const trustFile = z.strictObject({
  version: z.literal(1),
  channel: name.default(CHANNEL),
  chaincode: name.default(CHAINCODE),
  /** At least so many organizations must have signed, these among them. */
  rule: z.strictObject({
    at_least: z.number().int().min(1).max(100),
    required: z.array(name).max(100).default([]),
  }),
  /** The answers must be from within these times, as the user knows from elsewhere. */
  bracket: z
    .strictObject({ not_before: timestamp.optional(), not_after: timestamp.optional() })
    .refine(({ not_before: start, not_after: end }) => !start || !end || sortable(start) <= sortable(end), {
      message: 'it ends before it begins',
    })
    .default({}),
  /** How the channel is ordered, for those who want its orderers' signatures checked. */
  orderers: z.strictObject({ consensus: z.enum(['raft', 'bft']) }).optional(),
});

function sortable(time: string): string {
  return normalizeTimestamp(time) ?? time;
}

export interface Trust extends Omit<z.output<typeof trustFile>, 'orderers'> {
  /** The certificates under which each organization's own are issued, by MSP id. */
  authorities: ReadonlyMap<string, readonly Certificate[]>;
  orderers?: OrdererTrust | undefined;
}

/** Raft: the authorities of the orderers' organizations. BFT: the consenters' own certificates, as the channel has them. */
export type OrdererTrust =
  | { consensus: 'raft'; authorities: ReadonlyMap<string, readonly Certificate[]> }
  | { consensus: 'bft'; consenters: readonly { id: number; certificate: Certificate }[] };

/** What the user trusts cannot be read: nobody's evidence is to blame. */
export class TrustError extends Error {
  override readonly name = 'TrustError';
}

/**
 * @param json the text of `trust.json`.
 * @param pems the text of `<MSPID>.pem` by MSP id.
 * @param ordererPems the text of `orderers/<MSPID>.pem` (Raft) or `orderers/<consenter's number>.pem` (BFT), by name.
 * @throws {TrustError}
 */
export function readTrust(
  json: string,
  pems: ReadonlyMap<string, string>,
  ordererPems: ReadonlyMap<string, string> = new Map(),
): Trust {
  const parsed = trustFile.safeParse(parseOrRefuse(json));
  if (!parsed.success) throw new TrustError(`trust.json is not valid: ${z.prettifyError(parsed.error)}`);
  const authorities = readAllAuthorities(pems);
  refuseShared(authorities);
  const { at_least: atLeast, required } = parsed.data.rule;
  const unknown = required.find((mspId) => !authorities.has(mspId));
  if (unknown !== undefined) throw new TrustError(`trust.json requires ${unknown}, but there is no ${unknown}.pem`);
  if (atLeast > authorities.size) {
    throw new TrustError(
      `trust.json asks for ${atLeast} organizations, but there are only ${authorities.size} PEM files`,
    );
  }
  const consensus = parsed.data.orderers?.consensus;
  return { ...parsed.data, authorities, orderers: consensus && readOrderers(consensus, ordererPems) };
}

/** An authority of two organizations could issue a certificate for either: nobody could tell who of them signed. */
function refuseShared(authorities: ReadonlyMap<string, readonly Certificate[]>): void {
  const owners = new Map<string, string>();
  for (const [mspId, certificates] of authorities) {
    for (const { publicKey } of certificates) {
      const key = bytesToHex(publicKey);
      const owner = owners.get(key) ?? mspId;
      if (owner !== mspId) throw new TrustError(`${owner} and ${mspId} have one and the same authority`);
      owners.set(key, mspId);
    }
  }
}

function readOrderers(consensus: OrdererTrust['consensus'], pems: ReadonlyMap<string, string>): OrdererTrust {
  if (pems.size === 0) throw new TrustError('trust.json asks for orderers, but the folder orderers has no PEM file');
  if (consensus === 'raft') return { consensus, authorities: readAllAuthorities(pems) };
  const consenters = [...pems].map(([id, pem]) => {
    const [certificate, ...more] = readPem(id, pem);
    if (!/^[1-9][0-9]{0,8}$/.test(id) || !certificate || more.length > 0) {
      throw new TrustError(`orderers/${id}.pem must be a consenter's number, and hold its one certificate`);
    }
    return { id: Number(id), certificate };
  });
  return { consensus, consenters };
}

function readAllAuthorities(pems: ReadonlyMap<string, string>): Map<string, Certificate[]> {
  return new Map([...pems].map(([mspId, pem]) => [mspId, readAuthorities(mspId, pem)]));
}

function parseOrRefuse(json: string): unknown {
  try {
    return parseJson(json);
  } catch {
    throw new TrustError('trust.json is not strict JSON');
  }
}

function readAuthorities(mspId: string, pem: string): Certificate[] {
  const certificates = readPem(mspId, pem);
  if (certificates.length === 0 || certificates.some(({ isAuthority }) => !isAuthority)) {
    throw new TrustError(`${mspId}.pem must hold certificates of authorities, and nothing else`);
  }
  return certificates;
}

function readPem(name: string, pem: string): Certificate[] {
  try {
    return readCertificates(pem);
  } catch (error) {
    throw new TrustError(`${name}.pem: ${(error as Error).message}`);
  }
}

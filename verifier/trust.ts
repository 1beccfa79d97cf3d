import { z } from 'zod';
import { CHAINCODE, CHANNEL, LIMITS, parseJson, timestamp } from '../core/index.js';
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
  bracket: z.strictObject({ not_before: timestamp.optional(), not_after: timestamp.optional() }).default({}),
});

export interface Trust extends z.output<typeof trustFile> {
  /** The certificates under which each organization's own are issued, by MSP id. */
  authorities: ReadonlyMap<string, readonly Certificate[]>;
}

/** What the user trusts cannot be read: nobody's evidence is to blame. */
export class TrustError extends Error {
  override readonly name = 'TrustError';
}

/**
 * @param json the text of `trust.json`.
 * @param pems the text of `<MSPID>.pem` by MSP id.
 * @throws {TrustError}
 */
export function readTrust(json: string, pems: ReadonlyMap<string, string>): Trust {
  const parsed = trustFile.safeParse(parseOrRefuse(json));
  if (!parsed.success) throw new TrustError(`trust.json is not valid: ${z.prettifyError(parsed.error)}`);
  const authorities = new Map([...pems].map(([mspId, pem]) => [mspId, readAuthorities(mspId, pem)]));
  const { at_least: atLeast, required } = parsed.data.rule;
  const unknown = required.find((mspId) => !authorities.has(mspId));
  if (unknown !== undefined) throw new TrustError(`trust.json requires ${unknown}, but there is no ${unknown}.pem`);
  if (atLeast > authorities.size) {
    throw new TrustError(
      `trust.json asks for ${atLeast} organizations, but there are only ${authorities.size} PEM files`,
    );
  }
  return { ...parsed.data, authorities };
}

function parseOrRefuse(json: string): unknown {
  try {
    return parseJson(json);
  } catch {
    throw new TrustError('trust.json is not strict JSON');
  }
}

function readAuthorities(mspId: string, pem: string): Certificate[] {
  let certificates: Certificate[];
  try {
    certificates = readCertificates(pem);
  } catch (error) {
    throw new TrustError(`${mspId}.pem: ${(error as Error).message}`);
  }
  if (certificates.length === 0 || certificates.some(({ isAuthority }) => !isAuthority)) {
    throw new TrustError(`${mspId}.pem must hold certificates of authorities, and nothing else`);
  }
  return certificates;
}

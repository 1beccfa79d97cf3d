import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { DEMO_EXTENSION, DEMO_WORDS } from '../core/index.js';
import type { Evidence } from '../core/index.js';
import { check, refuse } from './faults.js';
import type { Trust } from './trust.js';
import { attributesOf, readCertificate } from './wire/certificate.js';
import type { Certificate } from './wire/certificate.js';
import { isSigned } from './wire/signature.js';

/** Who signed: one entry of the file's `identities`, read. */
export interface Signer {
  mspId: string;
  certificate: Certificate;
  /** Which of the user's authorities issued it; only then has the certificate been checked. */
  issuer: Certificate | undefined;
  /** SerializedIdentity: what every endorsement covers. */
  bytes: Uint8Array;
  isOfDemonstration: boolean;
  fingerprint: string;
  commonName: string;
}

const OID = { commonName: '2.5.4.3', organizationalUnit: '2.5.4.11' } as const;
/** Critical extensions whose meaning is known here: key usage, basic constraints, extended key usage. */
const KNOWN_EXTENSIONS: readonly string[] = ['2.5.29.15', '2.5.29.19', '2.5.29.37', DEMO_EXTENSION];
/** Node OU by which Fabric's MSPs tell peers from clients: a client's key must not pass for a peer's. */
const PEER_UNIT = 'peer';

/**
 * Reads an identity and, where its organization is one that the user has authorities of, checks that it is one of its
 * peers.
 * @param bytes the identity as every endorsement covers it.
 * @throws {EvidenceFault} MALFORMED_CERTIFICATE, CERTIFICATE_NOT_TRUSTED, NOT_A_PEER
 */
export function readSigner(
  identity: Evidence['identities'][number],
  bytes: Uint8Array,
  trust: Trust,
  at: string,
): Signer {
  return readMember(identity, bytes, trust, { at, unit: PEER_UNIT });
}

/**
 * Reads an identity and, where its organization is one that the user has authorities of, checks that it is a member.
 * @param unit the organizational unit that the member must have; without it any will do.
 * @throws {EvidenceFault} MALFORMED_CERTIFICATE, CERTIFICATE_NOT_TRUSTED, NOT_A_PEER
 */
export function readMember(
  { msp_id: mspId, certificate: pem }: Evidence['identities'][number],
  bytes: Uint8Array,
  trust: Pick<Trust, 'authorities'>,
  { at, unit }: { at: string; unit?: string | undefined },
): Signer {
  const certificate = readCertificateAt(pem, at);
  const unknown = certificate.criticalExtensions.find((oid) => !KNOWN_EXTENSIONS.includes(oid));
  check(unknown === undefined, 'MALFORMED_CERTIFICATE', at, `the certificate has the critical extension ${unknown}`);
  const authorities = trust.authorities.get(mspId);
  const issuer = authorities && checkMemberOf(certificate, mspId, authorities, { at, unit });
  const [commonName = ''] = attributesOf(certificate.subject, OID.commonName);
  return {
    mspId,
    certificate,
    issuer,
    bytes,
    isOfDemonstration: isOfDemonstration(certificate) || (issuer !== undefined && isOfDemonstration(issuer)),
    fingerprint: bytesToHex(sha256(certificate.der)),
    commonName,
  };
}

function checkMemberOf(
  certificate: Certificate,
  mspId: string,
  authorities: readonly Certificate[],
  { at, unit }: { at: string; unit: string | undefined },
): Certificate {
  const issuer = authorities.find((authority) => isIssuedBy(certificate, authority));
  check(issuer !== undefined, 'CERTIFICATE_NOT_TRUSTED', at, `it was not issued under the authorities of ${mspId}`);
  const units = attributesOf(certificate.subject, OID.organizationalUnit);
  const isInRole = !certificate.isAuthority && (unit === undefined || units.includes(unit));
  check(isInRole, 'NOT_A_PEER', at, `the certificate of ${mspId} has no organizational unit "${unit}"`);
  return issuer;
}

function isIssuedBy(certificate: Certificate, authority: Certificate): boolean {
  return (
    areEqual(certificate.issuer.der, authority.subject.der) &&
    isSigned(certificate.signed, certificate.signature, authority.publicKey, { requireLowS: false })
  );
}

function readCertificateAt(pem: string, at: string): Certificate {
  try {
    return readCertificate(pem);
  } catch (error) {
    return refuse('MALFORMED_CERTIFICATE', at, (error as Error).message);
  }
}

function isOfDemonstration({ criticalExtensions, subject }: Certificate): boolean {
  return (
    criticalExtensions.includes(DEMO_EXTENSION) || subject.attributes.some(({ text }) => text.includes(DEMO_WORDS))
  );
}

function areEqual(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, index) => byte === other[index]);
}

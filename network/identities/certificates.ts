import { webcrypto } from 'node:crypto';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from './x509.js';
import type { Extension, JsonName } from './x509.js';
import { isLowS } from './low-s.js';

/** X.509 certificates as Fabric takes them: ECDSA on P-256 with SHA-256 (RFC 5280, RFC 5480). */

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const DAY_MS = 86_400_000;
const AUTHORITY_DAYS = 3650;
const LEAF_DAYS = 365;
/** Clocks of different machines differ: a certificate made a moment ago must be valid on all of them. */
const BACKDATED_MS = 10 * 60_000;

export interface KeyPairPem {
  certificatePem: string;
  privateKeyPem: string;
}

export interface Authority extends KeyPairPem {
  certificate: X509Certificate;
  signingKey: webcrypto.CryptoKey;
  /** When it issues: the same moment for all that is made together. */
  now: Date;
}

/** A self-signed root. */
export async function createAuthority(subject: JsonName, now: Date): Promise<Authority> {
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const certificate = await untilLowS(async () =>
    X509CertificateGenerator.createSelfSigned({
      name: subject,
      keys,
      ...validity(now, AUTHORITY_DAYS),
      signingAlgorithm: ALGORITHM,
      extensions: [
        new BasicConstraintsExtension(true, 0, true),
        new KeyUsagesExtension(
          KeyUsageFlags.digitalSignature | KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign,
          true,
        ),
        await SubjectKeyIdentifierExtension.create(keys.publicKey),
      ],
    }),
  );
  return { ...(await toPem(certificate, keys.privateKey)), certificate, signingKey: keys.privateKey, now };
}

/** The authority whose certificate and key these are. */
export async function readAuthority(certificatePem: string, privateKeyPem: string, now: Date): Promise<Authority> {
  const { certificate, keys } = await readKeys({ certificatePem, privateKeyPem });
  return { certificatePem, privateKeyPem, certificate, signingKey: keys.privateKey, now };
}

/**
 * A certificate to sign Fabric's messages with.
 * @param renewed whose key it is for; none: a new key.
 */
export function issueSigning(
  authority: Authority,
  subject: JsonName,
  marks: Extension[],
  renewed?: KeyPairPem,
): Promise<KeyPairPem> {
  return issue(authority, subject, marks, renewed);
}

/**
 * A TLS certificate for a server on this machine and for its clients.
 * @param renewed whose key it is for; none: a new key.
 */
export function issueTls(
  authority: Authority,
  subject: JsonName,
  hostnames: string[],
  renewed?: KeyPairPem,
): Promise<KeyPairPem> {
  const extensions = [
    new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth, ExtendedKeyUsage.clientAuth]),
    new SubjectAlternativeNameExtension([
      ...[...hostnames, 'localhost'].map((value) => ({ type: 'dns' as const, value })),
      { type: 'ip', value: '127.0.0.1' },
    ]),
  ];
  return issue(authority, subject, extensions, renewed);
}

async function issue(
  authority: Authority,
  subject: JsonName,
  more: Extension[],
  renewed?: KeyPairPem,
): Promise<KeyPairPem> {
  const keys = renewed
    ? (await readKeys(renewed)).keys
    : await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const certificate = await untilLowS(async () =>
    X509CertificateGenerator.create({
      subject,
      issuer: authority.certificate.subjectName.toJSON(),
      publicKey: keys.publicKey,
      signingKey: authority.signingKey,
      ...validity(authority.now, LEAF_DAYS),
      signingAlgorithm: ALGORITHM,
      extensions: [
        new BasicConstraintsExtension(false, undefined, true),
        new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
        await SubjectKeyIdentifierExtension.create(keys.publicKey),
        await AuthorityKeyIdentifierExtension.create(authority.certificate),
        ...more,
      ],
    }),
  );
  return toPem(certificate, keys.privateKey);
}

/**
 * Fabric rewrites certificates whose signature has a high S, and then an identity has two forms. Half of all
 * signatures are high, so asking again is enough.
 */
async function untilLowS(make: () => Promise<X509Certificate>): Promise<X509Certificate> {
  for (;;) {
    const certificate = await make();
    if (isLowS(new Uint8Array(certificate.signature))) return certificate;
  }
}

async function readKeys({ certificatePem, privateKeyPem }: KeyPairPem) {
  const certificate = new X509Certificate(certificatePem);
  const [pkcs8 = new ArrayBuffer(0)] = PemConverter.decode(privateKeyPem);
  const privateKey = await webcrypto.subtle.importKey('pkcs8', pkcs8, ALGORITHM, true, ['sign']);
  const { rawData } = certificate.publicKey;
  const publicKey = await webcrypto.subtle.importKey('spki', rawData, ALGORITHM, true, ['verify']);
  return { certificate, keys: { privateKey, publicKey } };
}

function validity(now: Date, days: number): { notBefore: Date; notAfter: Date } {
  return {
    notBefore: new Date(now.getTime() - BACKDATED_MS),
    notAfter: new Date(now.getTime() + days * DAY_MS),
  };
}

async function toPem(certificate: X509Certificate, key: webcrypto.CryptoKey): Promise<KeyPairPem> {
  const pkcs8 = await webcrypto.subtle.exportKey('pkcs8', key);
  return {
    certificatePem: `${certificate.toString('pem')}\n`,
    privateKeyPem: `${PemConverter.encode(pkcs8, PemConverter.PrivateKeyTag)}\n`,
  };
}

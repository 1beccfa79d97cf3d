import { DerError, DerReader, readDer, readOid, readTime, TAG } from './der.js';
import type { DerElement } from './der.js';
import { decodeBase64 } from '../../core/index.js';

/** What the verifier needs of an X.509 certificate (RFC 5280) with a key on P-256: all that Fabric's own tools issue. */
export interface Certificate {
  der: Uint8Array;
  /** What the issuer signed, and its signature (DER of R and S). */
  signed: Uint8Array;
  signature: Uint8Array;
  serial: Uint8Array;
  issuer: Name;
  subject: Name;
  /** Milliseconds since the epoch. */
  notBefore: number;
  notAfter: number;
  /** A point on P-256. */
  publicKey: Uint8Array;
  isAuthority: boolean;
  /** Dotted object identifiers. */
  criticalExtensions: readonly string[];
}

export interface Name {
  der: Uint8Array;
  /** In the order of the certificate: object identifier and text. */
  attributes: readonly { type: string; text: string }[];
}

const OID = {
  ecdsaWithSha256: '1.2.840.10045.4.3.2',
  ecPublicKey: '1.2.840.10045.2.1',
  p256: '1.2.840.10045.3.1.7',
  basicConstraints: '2.5.29.19',
} as const;
const PEM = /^-----BEGIN CERTIFICATE-----\r?\n([A-Za-z0-9+/=\r\n]+)-----END CERTIFICATE-----\s*$/;
const PEM_BLOCKS = /-----BEGIN CERTIFICATE-----\r?\n[A-Za-z0-9+/=\r\n]+-----END CERTIFICATE-----/g;

/** All certificates of a PEM file. @throws {DerError} */
export function readCertificates(pem: string): Certificate[] {
  return (pem.match(PEM_BLOCKS) ?? []).map(readCertificate);
}

/** The certificate that a PEM text is. @throws {DerError} */
export function readCertificate(pem: string): Certificate {
  const der = decodeBase64((PEM.exec(pem)?.[1] ?? '').replace(/\r?\n/g, ''));
  if (!der || der.length === 0) throw new DerError('not a certificate in PEM');
  const outer = readDer(der, TAG.sequence);
  const signed = outer.next(TAG.sequence);
  readSignatureAlgorithm(outer);
  const signature = readBits(outer.next(TAG.bitString));
  outer.end();
  return { der, signed: signed.raw, signature, ...readContent(new DerReader(signed.content)) };
}

/** All values of an attribute, by its object identifier. */
export function attributesOf(name: Name, type: string): string[] {
  return name.attributes.filter((attribute) => attribute.type === type).map(({ text }) => text);
}

function readContent(reader: DerReader) {
  if (reader.isNext(TAG.version)) reader.next();
  const serial = reader.next(TAG.integer).content;
  readSignatureAlgorithm(reader);
  const issuer = readName(reader.next(TAG.sequence));
  const validity = new DerReader(reader.next(TAG.sequence).content);
  const notBefore = readTime(validity.next());
  const notAfter = readTime(validity.next());
  validity.end();
  const subject = readName(reader.next(TAG.sequence));
  const publicKey = readPublicKey(new DerReader(reader.next(TAG.sequence).content));
  const extensions = readExtensions(reader);
  reader.end();
  return { serial, issuer, subject, notBefore, notAfter, publicKey, ...extensions };
}

function readSignatureAlgorithm(reader: DerReader): void {
  const algorithm = new DerReader(reader.next(TAG.sequence).content);
  if (readOid(algorithm.next(TAG.oid).content) !== OID.ecdsaWithSha256) {
    throw new DerError('signed with another algorithm than ECDSA with SHA-256');
  }
  algorithm.end();
}

function readPublicKey(reader: DerReader): Uint8Array {
  const algorithm = new DerReader(reader.next(TAG.sequence).content);
  const kind = readOid(algorithm.next(TAG.oid).content);
  const curve = kind === OID.ecPublicKey && readOid(algorithm.next(TAG.oid).content);
  if (curve !== OID.p256) throw new DerError('a key that is not on P-256');
  const point = readBits(reader.next(TAG.bitString));
  reader.end();
  return point;
}

function readBits({ content }: DerElement): Uint8Array {
  if (content[0] !== 0) throw new DerError('a bit string that is not whole bytes');
  return content.subarray(1);
}

function readName({ raw, content }: DerElement): Name {
  const attributes: { type: string; text: string }[] = [];
  const reader = new DerReader(content);
  while (!reader.isAtEnd()) {
    const set = new DerReader(reader.next(TAG.set).content);
    while (!set.isAtEnd()) {
      const pair = new DerReader(set.next(TAG.sequence).content);
      const type = readOid(pair.next(TAG.oid).content);
      attributes.push({ type, text: readText(pair.next()) });
      pair.end();
    }
  }
  return { der: raw, attributes };
}

function readText({ tag, content }: DerElement): string {
  if (tag !== TAG.utf8String && tag !== TAG.printableString && tag !== TAG.ia5String) {
    throw new DerError('a name with text of another kind');
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(content);
  } catch {
    throw new DerError('a name that is not UTF-8');
  }
}

function readExtensions(reader: DerReader): Pick<Certificate, 'isAuthority' | 'criticalExtensions'> {
  const criticalExtensions: string[] = [];
  let isAuthority = false;
  if (!reader.isNext(TAG.extensions)) return { isAuthority, criticalExtensions };
  const list = readDer(reader.next(TAG.extensions).content, TAG.sequence);
  while (!list.isAtEnd()) {
    const extension = new DerReader(list.next(TAG.sequence).content);
    const oid = readOid(extension.next(TAG.oid).content);
    if (extension.isNext(TAG.boolean)) {
      extension.next();
      criticalExtensions.push(oid);
    }
    const value = extension.next(TAG.octetString).content;
    extension.end();
    if (oid === OID.basicConstraints) isAuthority = readIsAuthority(value);
  }
  return { isAuthority, criticalExtensions };
}

function readIsAuthority(value: Uint8Array): boolean {
  const constraints = readDer(value, TAG.sequence);
  return constraints.isNext(TAG.boolean) && constraints.next().content[0] === 0xff;
}

import { createHash, createVerify, X509Certificate } from 'node:crypto';
import { msp } from '@hyperledger/fabric-protos';
import type { VerifiedSignatures } from '../../core/index.js';

/** An identity whose certificate chains up to the root that is configured for its organization. */
export interface Member {
  mspId: string;
  certificate: X509Certificate;
  /** SHA-256 of the certificate's DER, in hex. */
  fingerprint: string;
  /** Organizational units: Fabric's MSPs tell peers, orderers and clients apart by them. */
  units: readonly string[];
}

const CACHED_IDENTITIES = 1000;

/**
 * Who is a member of which organization, by this gateway's own roots. Like Fabric's own validation it does not ask
 * whether a certificate has expired since.
 */
export class Members {
  readonly #roots: ReadonlyMap<string, readonly X509Certificate[]>;
  readonly #known = new Map<string, Member | undefined>();

  /**
   * @param roots PEM certificates by MSP id.
   * @param verified spares what was computed before; without it every signature is computed.
   */
  constructor(
    roots: ReadonlyMap<string, string>,
    readonly verified?: VerifiedSignatures,
  ) {
    this.#roots = new Map([...roots].map(([mspId, pem]) => [mspId, readCertificates(pem)]));
  }

  has(mspId: string): boolean {
    return this.#roots.has(mspId);
  }

  /** The member that a SerializedIdentity is; `undefined` where it is nobody's. */
  identify(serialized: Uint8Array): Member | undefined {
    const key = createHash('sha256').update(serialized).digest('base64');
    if (!this.#known.has(key)) {
      if (this.#known.size >= CACHED_IDENTITIES) this.#known.clear();
      this.#known.set(key, this.#read(serialized));
    }
    return this.#known.get(key);
  }

  /** Whether the member signed the message: ECDSA with SHA-256. */
  isSignedBy({ certificate, fingerprint }: Member, message: readonly Uint8Array[], signature: Uint8Array): boolean {
    const compute = () => isSignature(certificate, message, signature);
    return this.verified ? this.verified.isValid({ fingerprint, message, signature }, compute) : compute();
  }

  #read(serialized: Uint8Array): Member | undefined {
    try {
      const identity = msp.SerializedIdentity.deserializeBinary(serialized);
      const certificate = new X509Certificate(identity.getIdBytes_asU8());
      const mspId = identity.getMspid();
      const roots = this.#roots.get(mspId) ?? [];
      const isIssued = roots.some((root) => certificate.checkIssued(root) && certificate.verify(root.publicKey));
      if (!isIssued) return undefined;
      return { mspId, certificate, fingerprint: fingerprintOf(certificate), units: unitsOf(certificate) };
    } catch {
      return undefined; // what is no certificate is nobody's
    }
  }
}

/** In parts: to join them would copy a transaction for each of its endorsers. */
function isSignature(certificate: X509Certificate, message: readonly Uint8Array[], signature: Uint8Array): boolean {
  try {
    const verification = createVerify('sha256');
    for (const part of message) verification.update(part);
    return verification.verify(certificate.publicKey, signature);
  } catch {
    return false; // what is no signature, or a key that signs nothing here
  }
}

function unitsOf({ subject }: X509Certificate): string[] {
  return subject.split('\n').flatMap((line) => (line.startsWith('OU=') ? [line.slice(3)] : []));
}

/** SHA-256 of the DER, in hex. */
export function fingerprintOf({ raw }: X509Certificate): string {
  return createHash('sha256').update(raw).digest('hex');
}

function readCertificates(pem: string): X509Certificate[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  return blocks.map((block) => new X509Certificate(block));
}

import { createHash, verify, X509Certificate } from 'node:crypto';
import { msp, peer } from '@hyperledger/fabric-protos';

/** Node OU by which Fabric's MSPs tell peers from clients. */
const PEER_OU = /^OU=peer$/m;
const CACHED_CERTIFICATES = 1000;

/**
 * Verifies endorsement signatures with this gateway's own roots: a receipt names an organization only if a certificate
 * of one of its peers, which chains up to the root configured for it, signed the transaction's answer. Like Fabric's
 * own validation it does not ask whether the certificate has expired since.
 */
export class EndorsementVerifier {
  readonly #roots: Map<string, X509Certificate[]>;
  readonly #endorsers = new Map<string, X509Certificate | undefined>();

  /** @param roots PEM certificates by MSP id. */
  constructor(roots: ReadonlyMap<string, string>) {
    this.#roots = new Map([...roots].map(([mspId, pem]) => [mspId, readCertificates(pem)]));
  }

  /** MSP ids, sorted, of those whose endorsement of the action verifies; the signature covers payload ‖ endorser. */
  endorsersOf(action: peer.ChaincodeEndorsedAction): string[] {
    const payload = action.getProposalResponsePayload_asU8();
    const verified = new Set<string>();
    for (const endorsement of action.getEndorsementsList()) {
      const endorser = endorsement.getEndorser_asU8();
      const { mspId, certificate } = this.#trustedEndorser(endorser);
      if (certificate && isSigned(certificate, [payload, endorser], endorsement.getSignature_asU8()))
        verified.add(mspId);
    }
    return [...verified].sort();
  }

  #trustedEndorser(endorser: Uint8Array): { mspId: string; certificate: X509Certificate | undefined } {
    const identity = msp.SerializedIdentity.deserializeBinary(endorser);
    const mspId = identity.getMspid();
    const key = createHash('sha256').update(endorser).digest('base64');
    if (!this.#endorsers.has(key)) {
      if (this.#endorsers.size >= CACHED_CERTIFICATES) this.#endorsers.clear();
      this.#endorsers.set(key, this.#readTrusted(mspId, identity.getIdBytes_asU8()));
    }
    const certificate = this.#endorsers.get(key);
    return { mspId, certificate };
  }

  #readTrusted(mspId: string, pem: Uint8Array): X509Certificate | undefined {
    try {
      const certificate = new X509Certificate(pem);
      const issued = this.#roots
        .get(mspId)
        ?.some((root) => certificate.checkIssued(root) && certificate.verify(root.publicKey));
      return issued && PEER_OU.test(certificate.subject) ? certificate : undefined;
    } catch {
      return undefined; // whoever signed with something that is no certificate has endorsed nothing
    }
  }
}

function isSigned(certificate: X509Certificate, message: Uint8Array[], signature: Uint8Array): boolean {
  try {
    return verify('sha256', Buffer.concat(message), certificate.publicKey, signature);
  } catch {
    return false;
  }
}

function readCertificates(pem: string): X509Certificate[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  return blocks.map((block) => new X509Certificate(block));
}

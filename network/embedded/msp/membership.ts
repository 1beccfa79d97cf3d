import { X509Certificate, type KeyObject } from 'node:crypto';
import { msp } from '@hyperledger/fabric-protos';
import type { VerifiedSignatures } from '../../../core/index.js';
import { BoundedCache } from '../bounded-cache.js';
import { verifyMessage, type Message } from './signature.js';

/** What an organization certifies an identity to be, in the certificate's organizational unit (Fabric's node OUs). */
export const NODE_OUS = ['client', 'peer', 'admin', 'orderer'] as const;
export type NodeOu = (typeof NODE_OUS)[number];

export interface MspIdentity {
  mspId: string;
  nodeOu: NodeOu;
  /** SHA-256 of the certificate: two serialized forms of one identity are one identity. */
  fingerprint: string;
  publicKey: KeyObject;
  notBeforeMs: number;
  notAfterMs: number;
}

export interface OrganizationRoot {
  mspId: string;
  caCertificatePem: string;
}

/** The creator or endorser is not an identity of the channel's organizations. */
export class UnknownIdentityError extends Error {
  override readonly name = 'UnknownIdentityError';
}

const CACHED_IDENTITIES = 4096;

/** The membership service providers of a channel: which serialized identities are whose. */
export class ChannelMembership {
  readonly #roots: ReadonlyMap<string, X509Certificate>;
  readonly #identities = new BoundedCache<string, MspIdentity>(CACHED_IDENTITIES);

  /** @param verified spares what was computed before; without it every signature is computed. */
  constructor(
    organizations: readonly OrganizationRoot[],
    readonly verified?: VerifiedSignatures,
  ) {
    this.#roots = new Map(
      organizations.map(({ mspId, caCertificatePem }) => [mspId, new X509Certificate(caCertificatePem)]),
    );
  }

  /**
   * The identity in a serialized msp.SerializedIdentity: issued by its organization's CA, of exactly one node OU.
   * Expiry is not judged here: what was committed stays valid when its certificate expires (as in Fabric).
   * @throws {UnknownIdentityError}
   */
  identify(serialized: Uint8Array): MspIdentity {
    const cacheKey = Buffer.from(serialized.buffer, serialized.byteOffset, serialized.byteLength).toString('latin1');
    let identity = this.#identities.get(cacheKey);
    if (!identity) {
      identity = this.#parse(serialized);
      this.#identities.set(cacheKey, identity);
    }
    return identity;
  }

  /** @throws {UnknownIdentityError} also where the signature is not the identity's. */
  verify(serialized: Uint8Array, message: Message, signature: Uint8Array): MspIdentity {
    const identity = this.identify(serialized);
    const compute = () => verifyMessage(identity.publicKey, message, signature);
    const claim = { fingerprint: identity.fingerprint, message, signature };
    if (!(this.verified ? this.verified.isValid(claim, compute) : compute()))
      throw new UnknownIdentityError('signature is not valid');
    return identity;
  }

  #parse(serialized: Uint8Array): MspIdentity {
    let mspId: string;
    let certificate: X509Certificate;
    try {
      const message = msp.SerializedIdentity.deserializeBinary(serialized);
      mspId = message.getMspid();
      certificate = new X509Certificate(message.getIdBytes_asU8());
    } catch {
      throw new UnknownIdentityError('identity is malformed');
    }
    const root = this.#roots.get(mspId);
    if (!root) throw new UnknownIdentityError(`MSP ${mspId.slice(0, 64)} is unknown`);
    if (certificate.ca || !certificate.checkIssued(root) || !certificate.verify(root.publicKey)) {
      throw new UnknownIdentityError('certificate was not issued by its organization');
    }
    return {
      mspId,
      nodeOu: nodeOuOf(certificate),
      fingerprint: certificate.fingerprint256,
      publicKey: p256KeyOf(certificate),
      notBeforeMs: Date.parse(certificate.validFrom),
      notAfterMs: Date.parse(certificate.validTo),
    };
  }
}

function nodeOuOf(certificate: X509Certificate): NodeOu {
  const units = certificate.subject.split('\n').flatMap((line) => (line.startsWith('OU=') ? [line.slice(3)] : []));
  const [nodeOu, ...others] = NODE_OUS.filter((name) => units.includes(name));
  if (nodeOu === undefined || others.length > 0) {
    throw new UnknownIdentityError('certificate must name exactly one node OU');
  }
  return nodeOu;
}

function p256KeyOf(certificate: X509Certificate): KeyObject {
  const { publicKey } = certificate;
  if (publicKey.asymmetricKeyType !== 'ec' || publicKey.asymmetricKeyDetails?.namedCurve !== 'prime256v1') {
    throw new UnknownIdentityError('public key is not on P-256');
  }
  return publicKey;
}

import { createSign, KeyObject, webcrypto } from 'node:crypto';
import { msp } from '@hyperledger/fabric-protos';
import { createSigner } from '../../../gateway/fabric/signer.js';
import { BasicConstraintsExtension, Extension, X509CertificateGenerator } from '../../../network/identities/x509.js';
import type { Endorser, SigningOrganization } from './signers.js';

const P256 = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const CA = new BasicConstraintsExtension(true, 0, true);
/** 1.2.3.4, which means nothing to anybody. */
const UNKNOWN_CRITICAL = new Extension('1.2.3.4', true, new Uint8Array([5, 0]));

interface Oddity {
  extensions?: Extension[];
  curve?: 'P-256' | 'P-384';
  name?: string;
}

/** An organization whose peer has a certificate that its authority should not have issued. */
export async function createOddSigner(mspId: string, oddity: Oddity): Promise<SigningOrganization> {
  const root = await webcrypto.subtle.generateKey(P256, true, ['sign', 'verify']);
  const common = { notBefore: new Date(Date.now() - 86_400_000), notAfter: new Date(Date.now() + 86_400_000) };
  const authority = await X509CertificateGenerator.createSelfSigned({
    ...common,
    name: `CN=ca of ${mspId}`,
    keys: root,
    signingAlgorithm: P256,
    extensions: [CA],
  });
  const keys = await webcrypto.subtle.generateKey({ ...P256, namedCurve: oddity.curve ?? 'P-256' }, true, [
    'sign',
    'verify',
  ]);
  const certificate = await X509CertificateGenerator.create({
    ...common,
    subject: oddity.name ?? `CN=peer0 of ${mspId}, OU=peer`,
    issuer: authority.subject,
    publicKey: keys.publicKey,
    signingKey: root.privateKey,
    signingAlgorithm: P256,
    extensions: oddity.extensions ?? [],
  });
  const peer = endorser(mspId, certificate.toString('pem'), KeyObject.from(keys.privateKey));
  return { mspId, authorityPem: `${authority.toString('pem')}\n`, peer, client: peer };
}

export const ODDITIES = {
  plain: {},
  authority: { extensions: [CA] },
  noPeer: { name: 'CN=somebody' },
  unknownCritical: { extensions: [UNKNOWN_CRITICAL] },
  otherCurve: { curve: 'P-384' },
} as const satisfies Record<string, Oddity>;

function endorser(mspId: string, pem: string, key: KeyObject): Endorser {
  const identity = new msp.SerializedIdentity();
  identity.setMspid(mspId);
  identity.setIdBytes(Buffer.from(`${pem}\n`));
  const isP256 = key.asymmetricKeyDetails?.namedCurve === 'prime256v1';
  const ownSigner = (message: Uint8Array) => Promise.resolve(createSign('sha256').update(message).sign(key));
  const keyPem = Buffer.from(key.export({ format: 'pem', type: 'pkcs8' }));
  return {
    mspId,
    certificatePem: `${pem}\n`,
    identity: Buffer.from(identity.serializeBinary()),
    sign: isP256 ? createSigner(keyPem) : ownSigner,
  };
}

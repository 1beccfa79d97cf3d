import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { msp } from '@hyperledger/fabric-protos';
import type { VerifiedSignatures } from '../../../core/index.js';
import { signMessage, type Message } from './signature.js';

/** A node's own signing identity. */
export class Signer {
  readonly #key: KeyObject;
  readonly #fingerprint: string;
  /** The serialized msp.SerializedIdentity. */
  readonly creator: Uint8Array;

  /**
   * @param verified learns of every signature: what the key signs is valid by its certificate, there is nothing to verify.
   * @throws {Error} where certificate and key are not a pair, for then there would be
   */
  constructor(
    readonly mspId: string,
    certificatePem: string,
    privateKeyPem: string,
    readonly verified?: VerifiedSignatures,
  ) {
    this.#key = createPrivateKey(privateKeyPem);
    const certificate = new X509Certificate(certificatePem);
    if (!certificate.checkPrivateKey(this.#key))
      throw new Error(`the certificate and the private key of a node of ${mspId} are not a pair`);
    this.#fingerprint = certificate.fingerprint256;
    const identity = new msp.SerializedIdentity();
    identity.setMspid(mspId);
    identity.setIdBytes(Buffer.from(certificatePem));
    this.creator = identity.serializeBinary();
  }

  sign(...message: Message): Uint8Array {
    const signature = signMessage(this.#key, message);
    this.verified?.add({ fingerprint: this.#fingerprint, message, signature });
    return signature;
  }
}

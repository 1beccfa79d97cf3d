import { createPrivateKey, type KeyObject } from 'node:crypto';
import { msp } from '@hyperledger/fabric-protos';
import { signMessage } from './signature.js';

/** A node's own signing identity. */
export class Signer {
  readonly #key: KeyObject;
  /** The serialized msp.SerializedIdentity. */
  readonly creator: Uint8Array;

  constructor(
    readonly mspId: string,
    certificatePem: string,
    privateKeyPem: string,
  ) {
    this.#key = createPrivateKey(privateKeyPem);
    const identity = new msp.SerializedIdentity();
    identity.setMspid(mspId);
    identity.setIdBytes(Buffer.from(certificatePem));
    this.creator = identity.serializeBinary();
  }

  sign(message: Uint8Array): Uint8Array {
    return signMessage(this.#key, message);
  }
}

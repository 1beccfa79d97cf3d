import { msp } from '@hyperledger/fabric-protos';
import type { EvidenceFile } from '../../core/index.js';
import type { SignedBytes } from './signed-answer.js';

/** Each identity once, in the order of their bytes, so that the same signers make the same table. */
export class IdentityTable {
  readonly #identities: Buffer[] = [];

  constructor(signed: readonly SignedBytes[]) {
    for (const bytes of signed.flatMap(({ creator, endorsements }) => [creator, ...endorsements.map(endorserOf)])) {
      if (this.indexOf(bytes) < 0) this.#identities.push(Buffer.from(bytes));
    }
    this.#identities.sort((one, other) => Buffer.compare(one, other));
  }

  indexOf(identity: Uint8Array): number {
    return this.#identities.findIndex((candidate) => candidate.equals(identity));
  }

  read(): EvidenceFile['identities'] {
    return this.#identities.map((bytes) => {
      const identity = msp.SerializedIdentity.deserializeBinary(bytes);
      return { msp_id: identity.getMspid(), certificate: Buffer.from(identity.getIdBytes_asU8()).toString() };
    });
  }
}

function endorserOf({ endorser }: SignedBytes['endorsements'][number]): Uint8Array {
  return endorser;
}

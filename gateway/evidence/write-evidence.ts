import { X509Certificate } from 'node:crypto';
import { msp } from '@hyperledger/fabric-protos';
import { DEMO_WORDS, encodeBase64, EVIDENCE_FORMAT, EVIDENCE_VERSION } from '../../core/index.js';
import type { EvidenceFile, Openings } from '../../core/index.js';
import type { BlockProofFile } from './block-proof.js';
import type { SignedBytes } from './signed-answer.js';
import type { SignedProof } from './signed-reads.js';

type AnswerFile = EvidenceFile['event']['signed'];

/** The file as docs/evidence.md describes it. */
export function writeEvidence(
  proof: SignedProof,
  { channel, chaincode }: { channel: string; chaincode: string },
  { openings, block }: { openings: Openings | null; block: BlockProofFile | undefined },
): EvidenceFile {
  const identities = new IdentityTable(proof);
  return {
    format: EVIDENCE_FORMAT,
    version: EVIDENCE_VERSION,
    form: block ? 'full' : 'receipt',
    network: { channel, chaincode, demonstration: isOfDemonstration(proof) },
    event: {
      answer: proof.event.answer,
      ...(openings && { openings }),
      signed: writeAnswer(proof.event.signed, identities),
    },
    checkpoints: proof.checkpoints
      .map(({ answer, signed }) => ({ answer, signed: writeAnswer(signed, identities) }))
      .sort((one, other) => firstIdentity(one.signed) - firstIdentity(other.signed)),
    ...(block && { block }),
    identities: identities.read(),
  };
}

function writeAnswer(signed: SignedBytes, identities: IdentityTable): AnswerFile {
  return {
    channel_header: encodeBase64(signed.channelHeader),
    creator: identities.indexOf(signed.creator),
    nonce: encodeBase64(signed.nonce),
    proposal_payload: encodeBase64(signed.proposalPayload),
    response_payload: encodeBase64(signed.responsePayload),
    endorsements: signed.endorsements
      .map(({ endorser, signature }) => ({
        identity: identities.indexOf(endorser),
        signature: encodeBase64(signature),
      }))
      .sort((one, other) => one.identity - other.identity),
  };
}

function firstIdentity({ endorsements }: AnswerFile): number {
  return endorsements[0]?.identity ?? 0;
}

function isOfDemonstration({ event, checkpoints }: SignedProof): boolean {
  const answers = [event, ...checkpoints];
  return answers.some(({ signed }) =>
    signed.endorsements.some(({ endorser }) => {
      const { certificate } = readIdentity(endorser);
      return new X509Certificate(certificate).raw.includes(DEMO_WORDS);
    }),
  );
}

/** Each identity once, in the order of their bytes, so that the same signers make the same table. */
class IdentityTable {
  readonly #identities: Buffer[] = [];

  constructor({ event, checkpoints }: SignedProof) {
    const signed = [event, ...checkpoints].map((answer) => answer.signed);
    for (const bytes of signed.flatMap(({ creator, endorsements }) => [creator, ...endorsements.map(endorserOf)])) {
      if (this.indexOf(bytes) < 0) this.#identities.push(Buffer.from(bytes));
    }
    this.#identities.sort((one, other) => Buffer.compare(one, other));
  }

  indexOf(identity: Uint8Array): number {
    return this.#identities.findIndex((candidate) => candidate.equals(identity));
  }

  read(): EvidenceFile['identities'] {
    return this.#identities.map(readIdentity);
  }
}

function endorserOf({ endorser }: SignedBytes['endorsements'][number]): Uint8Array {
  return endorser;
}

function readIdentity(bytes: Uint8Array): EvidenceFile['identities'][number] {
  const identity = msp.SerializedIdentity.deserializeBinary(bytes);
  return { msp_id: identity.getMspid(), certificate: Buffer.from(identity.getIdBytes_asU8()).toString() };
}

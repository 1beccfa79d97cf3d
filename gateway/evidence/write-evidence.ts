import { msp } from '@hyperledger/fabric-protos';
import { DEMO_WORDS, encodeBase64, EVIDENCE_FORMAT, EVIDENCE_VERSION } from '../../core/index.js';
import type { EvidenceFile, Openings } from '../../core/index.js';
import type { SignedBytes } from './signed-answer.js';
import type { SignedProof } from './signed-reads.js';

type AnswerFile = EvidenceFile['event']['signed'];

/** The file as docs/evidence.md describes it. */
export function writeEvidence(
  proof: SignedProof,
  { channel, chaincode }: { channel: string; chaincode: string },
  openings: Openings | null,
): EvidenceFile {
  const identities = new IdentityTable(proof);
  return {
    format: EVIDENCE_FORMAT,
    version: EVIDENCE_VERSION,
    form: 'receipt',
    network: { channel, chaincode, demonstration: identities.areOfDemonstration() },
    event: {
      answer: proof.event.answer,
      ...(openings && { openings }),
      signed: writeAnswer(proof.event.signed, identities),
    },
    checkpoints: proof.checkpoints.map(({ answer, signed }) => ({ answer, signed: writeAnswer(signed, identities) })),
    identities: identities.encoded,
  };
}

function writeAnswer(signed: SignedBytes, identities: IdentityTable): AnswerFile {
  return {
    channel_header: encodeBase64(signed.channelHeader),
    signature_header: encodeBase64(signed.signatureHeader),
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

/** Each endorser's identity once, in the order of their bytes, so that the same signers make the same table. */
class IdentityTable {
  readonly encoded: string[];

  constructor({ event, checkpoints }: SignedProof) {
    const answers = [event, ...checkpoints];
    const all = answers.flatMap(({ signed }) => signed.endorsements.map(({ endorser }) => endorser));
    this.encoded = [...new Set(all.sort((one, other) => Buffer.compare(one, other)).map(encodeBase64))];
  }

  indexOf(endorser: Uint8Array): number {
    return this.encoded.indexOf(encodeBase64(endorser));
  }

  areOfDemonstration(): boolean {
    return this.encoded.some((identity) => {
      const { idBytes } = msp.SerializedIdentity.deserializeBinary(Buffer.from(identity, 'base64')).toObject();
      const pem = Buffer.from(idBytes.toString(), 'base64').toString();
      const der = Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ''), 'base64');
      return der.includes(DEMO_WORDS);
    });
  }
}

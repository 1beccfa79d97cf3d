import { X509Certificate } from 'node:crypto';
import { msp } from '@hyperledger/fabric-protos';
import { DEMO_WORDS, encodeBase64, EVIDENCE_FORMAT, EVIDENCE_VERSION } from '../../core/index.js';
import type {
  AbsenceProof,
  EventEvidenceFile,
  EventProof,
  EvidenceFile,
  Openings,
  QueryProof,
  SessionProof,
  SignedAnswerFile,
} from '../../core/index.js';
import type { NetworkDescription } from '../ledger/audit-ledger.js';
import type { BlockProofFile } from './block-proof.js';
import { IdentityTable } from './identity-table.js';
import type { SignedBytes } from './signed-answer.js';
import type { Signed, SignedProof } from './signed-reads.js';

/** Files as docs/evidence.md describes them. */

type Network = Pick<NetworkDescription, 'channel' | 'chaincode'>;

export function writeEventEvidence(
  proof: SignedProof<EventProof>,
  network: Network,
  { openings, block }: { openings: Openings | null; block: BlockProofFile | undefined },
): EventEvidenceFile {
  const { answers, ...rest } = writeProof(proof, network);
  const [{ answer, signed }] = answers;
  return {
    ...rest,
    form: block ? 'full' : 'receipt',
    event: { answer, ...(openings && { openings }), signed },
    ...(block && { block }),
  };
}

export function writeSessionEvidence(proof: SignedProof<SessionProof>, network: Network): EvidenceFile {
  const { answers, ...rest } = writeProof(proof, network);
  return { ...rest, form: 'session', session: [...answers] };
}

export function writeAbsenceEvidence(proof: SignedProof<AbsenceProof>, network: Network): EvidenceFile {
  const { answers, ...rest } = writeProof(proof, network);
  return { ...rest, form: 'absence', absence: answers[0] };
}

export function writeQueryEvidence(proof: SignedProof<QueryProof>, network: Network): EvidenceFile {
  const { answers, ...rest } = writeProof(proof, network);
  const [{ answer, signed }] = answers;
  return { ...rest, form: 'query', query: { answer, signed } };
}

/** What files of every form have, and the answers. */
function writeProof<T>(proof: SignedProof<T>, { channel, chaincode }: Network) {
  const all = [...proof.answers, ...proof.checkpoints].map(({ signed }) => signed);
  const identities = new IdentityTable(all);
  const write = <A>({ answer, signed }: Signed<A>) => ({ answer, signed: writeAnswer(signed, identities) });
  const [first, ...more] = proof.answers;
  return {
    format: EVIDENCE_FORMAT,
    version: EVIDENCE_VERSION,
    network: { channel, chaincode, demonstration: isOfDemonstration(all) },
    answers: [write(first), ...more.map(write)] as const,
    checkpoints: proof.checkpoints
      .map(write)
      .sort((one, other) => firstIdentity(one.signed) - firstIdentity(other.signed)),
    identities: identities.read(),
  } as const;
}

export function writeAnswer(signed: SignedBytes, identities: IdentityTable): SignedAnswerFile {
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

function firstIdentity({ endorsements }: SignedAnswerFile): number {
  return endorsements[0]?.identity ?? 0;
}

function isOfDemonstration(signed: readonly SignedBytes[]): boolean {
  return signed.some(({ endorsements }) =>
    endorsements.some(({ endorser }) => {
      const certificate = msp.SerializedIdentity.deserializeBinary(endorser).getIdBytes_asU8();
      return new X509Certificate(certificate).raw.includes(DEMO_WORDS);
    }),
  );
}

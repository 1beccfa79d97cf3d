import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, concatBytes } from '@noble/hashes/utils.js';
import { TRANSACTIONS } from '../../core/index.js';
import type { EventAnswer } from '../../core/index.js';
import { readAnswer } from '../answer.js';
import type { Answer } from '../answer.js';
import { check } from '../faults.js';
import { readMember, readSigner } from '../identity.js';
import type { Signer } from '../identity.js';
import type { Trust } from '../trust.js';
import { isSigned } from '../wire/signature.js';
import { readEnvelope, readSerializedIdentity } from './envelope.js';
import type { TransactionBytes } from './envelope.js';
import { checkWrite } from './write.js';

/** Who made and who endorsed the transaction that recorded an event. */
export interface Recording {
  creator: Signer;
  endorsers: Signer[];
  /** When it was proposed: seconds since the epoch, by the creator's clock. */
  seconds: number;
}

const SUCCESS = 200;

/**
 * That a transaction recorded the event: made and signed by the recorder, endorsed by peers, and writing the very event.
 * Whether it became valid is not in it: that a peer read the record in this block and transaction says so.
 * @param at pointer of the envelope in the file.
 * @throws {EvidenceFault}
 */
export function checkTransaction(envelope: Uint8Array, proof: EventAnswer, trust: Trust, at: string): Recording {
  const transaction = readEnvelope(envelope, at);
  const answer = readAnswer(
    {
      channel_header: transaction.channelHeader,
      proposal_payload: transaction.proposalPayload,
      response_payload: transaction.responsePayload,
    },
    at,
  );
  checkProposal(transaction, answer, proof, at);
  checkCall(answer, trust, at);
  const creator = checkCreator(transaction, proof, trust, at);
  const endorsers = checkEndorsers(transaction, trust, at);
  const { seconds } = answer.question;
  for (const signer of [creator, ...endorsers]) checkValidity(signer, seconds * 1000, at);
  checkWrite(transaction.responsePayload, proof, answer.chaincode, at);
  return { creator, endorsers, seconds };
}

function checkProposal(
  { channelHeader, signatureHeader, proposalPayload, nonce, creator }: TransactionBytes,
  { proposalHash, question }: Answer,
  { event }: EventAnswer,
  at: string,
): void {
  const proposed = bytesToHex(sha256(concatBytes(channelHeader, signatureHeader, proposalPayload)));
  const isAnswerToIt = proposed === bytesToHex(proposalHash) && !question.hasTransientData;
  check(isAnswerToIt, 'PROPOSAL_MISMATCH', at, 'the endorsed hash is not that of this proposal');
  const txId = bytesToHex(sha256(concatBytes(nonce, creator)));
  const isIts = question.isTransaction && question.transactionId === txId && event.tx_id === txId;
  check(isIts, 'TRANSACTION_ID_MISMATCH', at, `it is transaction ${txId}`);
}

function checkCall({ question, chaincode, status }: Answer, trust: Trust, at: string): void {
  check(question.channel === trust.channel, 'WRONG_CHANNEL', at, `it is of "${question.channel}"`);
  const wrong = [...question.chaincodes, chaincode].find((name) => name !== trust.chaincode);
  check(wrong === undefined, 'WRONG_CHAINCODE', at, `it is of "${wrong}"`);
  const [name] = question.arguments;
  check(name === TRANSACTIONS.recordEvents, 'WRONG_FUNCTION', at, `it is of "${name}"`);
  check(status === SUCCESS, 'NOT_SUCCESSFUL', at, `the status is ${status}`);
}

/** The owner of an event is the organization whose member made the transaction, and never an argument. */
function checkCreator(transaction: TransactionBytes, { event }: EventAnswer, trust: Trust, at: string): Signer {
  const identity = readSerializedIdentity(transaction.creator, at);
  const signer = readMember(identity, transaction.creator, trust, { at });
  const { msp_id: mspId, certificate_sha256: fingerprint } = event.recorded_by;
  const isRecorder = signer.mspId === mspId && mspId === event.core.owner && signer.fingerprint === fingerprint;
  check(isRecorder, 'CREATOR_MISMATCH', at, `${signer.commonName} of ${signer.mspId} made it`);
  const isItsOwn = isSigned(transaction.payload, transaction.signature, signer.certificate.publicKey, {
    requireLowS: true,
  });
  check(isItsOwn, 'SIGNATURE_INVALID', at, `it is not signed by ${signer.commonName}`);
  return signer;
}

function checkEndorsers({ endorsements, responsePayload }: TransactionBytes, trust: Trust, at: string): Signer[] {
  return endorsements.map(({ endorser, signature }) => {
    const signer = readSigner(readSerializedIdentity(endorser, at), endorser, trust, at);
    const message = concatBytes(responsePayload, endorser);
    const isItsOwn = isSigned(message, signature, signer.certificate.publicKey, { requireLowS: true });
    check(isItsOwn, 'SIGNATURE_INVALID', at, `it is not endorsed by ${signer.commonName}`);
    return signer;
  });
}

function checkValidity({ certificate, issuer, mspId }: Signer, time: number, at: string): void {
  const isValid = [certificate, issuer ?? certificate].every(
    ({ notBefore, notAfter }) => notBefore <= time && time <= notAfter,
  );
  check(
    isValid,
    'CERTIFICATE_NOT_VALID_THEN',
    at,
    `the certificate of ${mspId} was not valid at the transaction's time`,
  );
}

import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, concatBytes } from '@noble/hashes/utils.js';
import type { SignedAnswer } from '../core/index.js';
import { readAnswer } from './answer.js';
import type { Answer, Question } from './answer.js';
import { check } from './faults.js';
import type { IdentityTable } from './identity-table.js';
import { writeSignatureHeader } from './wire/write.js';

/** What must have been asked for an answer to mean what the file takes it for. */
export interface ExpectedQuestion {
  channel: string;
  chaincode: string;
  /** The function's name, then its arguments; the challenge is the last of them. */
  call: readonly string[];
}

const SUCCESS = 200;

/**
 * That signed bytes answer the question, successfully, by reading alone. Who signed them is checked elsewhere.
 * @param at pointer of the signed answer in the file.
 * @throws {EvidenceFault}
 */
export function checkAnswer(
  signed: SignedAnswer,
  expected: ExpectedQuestion,
  identities: IdentityTable,
  at: string,
): Answer {
  const answer = readAnswer(signed, at);
  checkProposal(signed, answer, identities.bytesOf(signed.creator, `${at}/creator`), at);
  checkCall(answer, expected, at);
  const responseAt = `${at}/response_payload`;
  check(answer.status === SUCCESS, 'NOT_SUCCESSFUL', responseAt, `the status is ${answer.status}`);
  check(
    answer.isReadOnly && !answer.hasEvents,
    'NOT_A_READ',
    responseAt,
    'the endorsed result has a write set or an event',
  );
  return answer;
}

/** The endorsers' hash is over the proposal's bytes, and the transaction id over the nonce and creator in them. */
function checkProposal(
  signed: SignedAnswer,
  { proposalHash, question }: Answer,
  creator: Uint8Array,
  at: string,
): void {
  const signatureHeader = writeSignatureHeader(creator, signed.nonce);
  const asked = sha256(concatBytes(signed.channel_header, signatureHeader, signed.proposal_payload));
  const isAnswerToIt = bytesToHex(asked) === bytesToHex(proposalHash) && !question.hasTransientData;
  check(isAnswerToIt, 'PROPOSAL_MISMATCH', at, 'the endorsed hash is not that of this proposal');
  const transactionId = bytesToHex(sha256(concatBytes(signed.nonce, creator)));
  check(
    question.isTransaction && transactionId === question.transactionId,
    'TRANSACTION_ID_MISMATCH',
    `${at}/channel_header`,
    'the id in the header is another one',
  );
}

function checkCall({ question, chaincode }: Answer, expected: ExpectedQuestion, at: string): void {
  const channelAt = `${at}/channel_header`;
  check(question.channel === expected.channel, 'WRONG_CHANNEL', channelAt, `it is of "${question.channel}"`);
  const wrong = [...question.chaincodes, chaincode].find((name) => name !== expected.chaincode);
  check(wrong === undefined, 'WRONG_CHAINCODE', at, `it is of "${wrong}"`);
  checkArguments(question, expected.call, `${at}/proposal_payload`);
}

function checkArguments(question: Question, call: ExpectedQuestion['call'], at: string): void {
  const { arguments: asked } = question;
  check(asked[0] === call[0], 'WRONG_FUNCTION', at, `it is of "${asked[0]}"`);
  const isSame = asked.length === call.length && call.slice(1, -1).every((text, index) => text === asked[index + 1]);
  check(isSame, 'WRONG_ARGUMENTS', at, 'they are others');
  check(asked.at(-1) === call.at(-1), 'CHALLENGE_MISMATCH', at, `it is to "${asked.at(-1)}"`);
}

import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { TRANSACTIONS } from '../core/index.js';
import type { BlockProof, Evidence } from '../core/index.js';
import type { RecordVersion } from './answer.js';
import { checkBlock } from './block/check-block.js';
import { checkAnswer } from './check-answer.js';
import { checkEndorsements, checkOrder, checkRule, checkSigners } from './check-endorsements.js';
import { checkCheckpoint, checkEvent, checkEventAnswer } from './check-event.js';
import { check, EvidenceFault } from './faults.js';
import { IdentityTable } from './identity-table.js';
import type { Signer } from './identity.js';
import { readEvidence } from './read-evidence.js';
import { reportFault, reportFindings } from './report.js';
import type { Findings, Report } from './report.js';
import type { Trust } from './trust.js';

export interface VerifyOptions {
  /** What the user asked with; without it nobody can say when the answers were given but their signers. */
  challenge?: string | undefined;
}

/**
 * Checks a file of evidence against what the user trusts: no network, no clock, nothing believed because it is in the
 * file. Runs wherever JavaScript does.
 * @param bytes the file; may be anything.
 */
export function verifyEvidence(bytes: Uint8Array, trust: Trust, options: VerifyOptions = {}): Report {
  const fileSha256 = bytesToHex(sha256(bytes));
  try {
    return reportFindings(verify(bytes, trust, options), trust, fileSha256);
  } catch (error) {
    if (!(error instanceof EvidenceFault)) throw error;
    return reportFault(error, fileSha256);
  }
}

/** @throws {EvidenceFault} where a step fails. */
function verify(bytes: Uint8Array, trust: Trust, { challenge }: VerifyOptions): Findings {
  const evidence = readEvidence(bytes);
  checkEvent(evidence);
  checkChallenge(evidence, challenge);
  const identities = new IdentityTable(evidence, trust);
  const event = verifyEventAnswer(evidence, identities, trust);
  const checkpointSigners = verifyCheckpoints(evidence, identities, event.record, trust);
  checkSigners(event.endorsers, checkpointSigners);
  identities.checkAllUsed();
  const block = evidence.block && verifyBlock(evidence, evidence.block, event.record, trust);
  checkNetwork(evidence, [...event.endorsers, ...checkpointSigners], trust);
  const trusted = checkRule(event.endorsers, trust);
  return { evidence, ...event, block, trusted, isChallengeKnown: challenge !== undefined };
}

function checkChallenge({ event }: Evidence, challenge: string | undefined): void {
  const actual = event.answer.challenge;
  const isAsked = challenge === undefined || challenge === actual;
  check(isAsked, 'CHALLENGE_MISMATCH', '/event/answer/challenge', `it is "${actual}"`);
}

function verifyEventAnswer(evidence: Evidence, identities: IdentityTable, trust: Trust) {
  const { answer, signed } = evidence.event;
  const at = '/event/signed';
  const { locator } = answer.event;
  const call = [TRANSACTIONS.proveEvent, locator, answer.challenge] as const;
  const content = checkAnswer(signed, { ...trust, call }, identities, at);
  const places = checkEventAnswer(evidence, content);
  const { seconds } = content.question;
  const endorsers = checkEndorsements(signed, identities, { seconds, trust, at });
  return { ...places, endorsers, seconds, chaincodeVersion: content.chaincodeVersion };
}

/** @returns who signed, all checkpoints together. */
function verifyCheckpoints(
  { checkpoints, event }: Evidence,
  identities: IdentityTable,
  record: RecordVersion,
  trust: Trust,
): Signer[] {
  checkOrder(checkpoints);
  return checkpoints.flatMap(({ answer, signed }, index) => {
    const at = `/checkpoints/${index}`;
    const call = ['GetChainInfo', trust.channel, event.answer.challenge] as const;
    const question = { channel: trust.channel, chaincode: 'qscc', call };
    const content = checkAnswer(signed, question, identities, `${at}/signed`);
    checkCheckpoint(answer, content, record, at);
    return checkEndorsements(signed, identities, { seconds: content.question.seconds, trust, at: `${at}/signed` });
  });
}

function verifyBlock({ event, checkpoints }: Evidence, block: BlockProof, record: RecordVersion, trust: Trust) {
  const place = { proof: event.answer, record, checkpoints: checkpoints.map(({ answer }) => answer) };
  return checkBlock(block, place, trust);
}

function checkNetwork({ network }: Evidence, signers: readonly Signer[], trust: Trust): void {
  const isSame = network.channel === trust.channel && network.chaincode === trust.chaincode;
  check(isSame, 'NETWORK_MISMATCH', '/network', `it says ${network.channel}, ${network.chaincode}`);
  const isDemonstration = signers.some((signer) => signer.isOfDemonstration);
  const saysSo = network.demonstration === isDemonstration;
  check(saysSo, 'NETWORK_MISMATCH', '/network/demonstration', 'the certificates say otherwise');
}

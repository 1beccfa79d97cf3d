import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import type { Evidence } from '../core/index.js';
import type { RecordVersion } from './answer.js';
import { checkAnswer } from './check-answer.js';
import { checkCheckpoint } from './check-checkpoint.js';
import { checkEndorsements, checkOrder, checkRule, checkSigners } from './check-endorsements.js';
import { bracketOf } from './checkpoints/bracket.js';
import { checkAgainst } from './checkpoints/check-against.js';
import { sightingOf } from './checkpoints/sighting.js';
import type { Sighting } from './checkpoints/sighting.js';
import type { VerifiedCheckpoint } from './checkpoints/verify-checkpoint.js';
import { check, EvidenceFault } from './faults.js';
import { formOf } from './forms/form-of.js';
import type { Form, SignedPart } from './forms/form.js';
import { IdentityTable } from './identity-table.js';
import type { Signer } from './identity.js';
import { readEvidence } from './read-evidence.js';
import { reportFault, reportFindings } from './report.js';
import type { Findings, Report } from './report.js';
import type { Trust } from './trust.js';

export interface VerifyOptions {
  /** What the user asked with; without it nobody can say when the answers were given but their signers. */
  challenge?: string | undefined;
  /** What the user, or others, saw of the ledger at other times: it must fit, and tells when things came to be. */
  checkpoints?: readonly VerifiedCheckpoint[] | undefined;
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
    return reportFault(error, trust, fileSha256);
  }
}

/** @throws {EvidenceFault} where a step fails. */
function verify(bytes: Uint8Array, trust: Trust, { challenge, checkpoints: kept = [] }: VerifyOptions): Findings {
  const evidence = readEvidence(bytes);
  const form = formOf(evidence);
  form.checkItself();
  checkChallenge(form, challenge);
  const identities = new IdentityTable(evidence, trust);
  const answers = verifyParts(form, identities, trust);
  const { endorsers } = answers;
  const checkpoints = verifyCheckpoints(evidence, form, identities, { ...answers, trust });
  const checkpointSigners = checkpoints.flatMap(({ signers }) => signers);
  checkSigners(endorsers, checkpointSigners, '/checkpoints');
  identities.checkAllUsed();
  const [record] = answers.versions;
  const block = record && form.checkBlock?.(record, trust);
  checkNetwork(evidence, [...endorsers, ...checkpointSigners], trust);
  const trusted = checkRule(endorsers, trust, `${form.parts[0].at}/endorsements`);
  checkAgainst(
    checkpoints.map(({ sighting }) => withHashes(sighting, block?.hashes)),
    kept,
  );
  const blocks = answers.versions.map((version) => version.block);
  const bracket = blocks.length > 0 && kept.length > 0 ? bracketOf(Math.max(...blocks), kept) : undefined;
  return { evidence, form, ...answers, block, trusted, bracket, isChallengeKnown: challenge !== undefined };
}

function checkChallenge({ challenge: { text, at } }: Form, challenge: string | undefined): void {
  const isAsked = challenge === undefined || challenge === text;
  check(isAsked, 'CHALLENGE_MISMATCH', at, `it is "${text}"`);
}

/** All answers, each by the same organizations. */
function verifyParts({ parts: [first, ...more] }: Form, identities: IdentityTable, trust: Trust) {
  const found = verifyPart(first, identities, trust);
  const rest = more.map((part) => {
    const other = verifyPart(part, identities, trust);
    checkSigners(found.endorsers, other.endorsers, part.at);
    return other;
  });
  const all = [found, ...rest];
  return {
    ...found,
    seconds: (rest.at(-1) ?? found).seconds,
    versions: all.flatMap(({ versions }) => versions),
    agentKeys: [...new Map(all.flatMap(({ agentKeys }) => agentKeys.map((key) => [key.key.key_id, key]))).values()],
  };
}

function verifyPart({ signed, call, check: checkContent, at }: SignedPart, identities: IdentityTable, trust: Trust) {
  const content = checkAnswer(signed, { ...trust, call }, identities, at);
  const found = checkContent(content);
  const { seconds } = content.question;
  const endorsers = checkEndorsements(signed, identities, { seconds, trust, at });
  const contract = `contract ${content.chaincodeVersion || 'of unknown version'}`;
  return { ...found, endorsers, seconds, contract };
}

/** The headers of the full form lead to the checkpoint: whoever signed it signed them all. */
function withHashes(sighting: Sighting, hashes: ReadonlyMap<number, string> = new Map()): Sighting {
  return { ...sighting, blocks: new Map([...hashes, ...sighting.blocks]) };
}

/** @returns of each checkpoint who signed it, and what they saw. */
function verifyCheckpoints(
  { checkpoints, identities: members }: Evidence,
  { challenge }: Form,
  identities: IdentityTable,
  { versions, trust }: { versions: readonly RecordVersion[]; trust: Trust },
): { signers: Signer[]; sighting: Sighting }[] {
  checkOrder(checkpoints);
  return checkpoints.map(({ answer, signed }, index) => {
    const at = `/checkpoints/${index}`;
    const question = {
      channel: trust.channel,
      chaincode: 'qscc',
      call: ['GetChainInfo', trust.channel, challenge.text],
    };
    const content = checkAnswer(signed, question, identities, `${at}/signed`);
    checkCheckpoint(answer, content, versions, at);
    const { seconds } = content.question;
    const signers = checkEndorsements(signed, identities, { seconds, trust, at: `${at}/signed` });
    const observedBy = members[signed.creator]?.msp_id ?? '';
    return { signers, sighting: sightingOf(answer, { name: 'this evidence', seconds, observedBy, signers }) };
  });
}

function checkNetwork({ network }: Evidence, signers: readonly Signer[], trust: Trust): void {
  const isSame = network.channel === trust.channel && network.chaincode === trust.chaincode;
  check(isSame, 'NETWORK_MISMATCH', '/network', `it says ${network.channel}, ${network.chaincode}`);
  const isDemonstration = signers.some((signer) => signer.isOfDemonstration);
  const saysSo = network.demonstration === isDemonstration;
  check(saysSo, 'NETWORK_MISMATCH', '/network/demonstration', 'the certificates say otherwise');
}

import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { checkpoint, CHECKPOINT_FORMAT, CHECKPOINT_VERSION, LIMITS, timestampFromSeconds } from '../../core/index.js';
import type { Checkpoint } from '../../core/index.js';
import { checkAnswer } from '../check-answer.js';
import { checkEndorsements } from '../check-endorsements.js';
import { checkChainInfo } from '../check-checkpoint.js';
import { check } from '../faults.js';
import { IdentityTable } from '../identity-table.js';
import { readDocument } from '../read-document.js';
import type { Trust } from '../trust.js';
import { sightingOf } from './sighting.js';
import type { Sighting } from './sighting.js';

/** A checkpoint that holds: its signatures verify, at least one of them by an organization that the user trusts. */
export interface VerifiedCheckpoint extends Sighting {
  blockHash: string;
  /** SHA-256 of the document, in hex. */
  sha256: string;
  isOfDemonstration: boolean;
}

const FORMAT = {
  schema: checkpoint,
  format: CHECKPOINT_FORMAT,
  version: CHECKPOINT_VERSION,
  maxBytes: LIMITS.checkpointBytes,
};

/**
 * Checks one checkpoint against what the user trusts. The user's rule and bracket are about evidence and are not asked.
 * @throws {EvidenceFault} where a step fails; UNTRUSTED_ORGANIZATIONS where nobody whom the user trusts has signed.
 */
export function verifyCheckpoint(bytes: Uint8Array, trust: Trust): VerifiedCheckpoint {
  const file = readDocument(bytes, FORMAT);
  const { answer, signed } = file;
  check(file.channel === trust.channel, 'NETWORK_MISMATCH', '/channel', `it is of "${file.channel}"`);
  const identities = new IdentityTable(file, trust);
  const call = ['GetChainInfo', trust.channel, file.challenge] as const;
  const content = checkAnswer(signed, { channel: trust.channel, chaincode: 'qscc', call }, identities, '/signed');
  checkChainInfo(answer, content, '');
  const { seconds } = content.question;
  checkObserver(file, seconds);
  const endorsers = checkEndorsements(signed, identities, { seconds, trust: { ...trust, bracket: {} }, at: '/signed' });
  identities.checkAllUsed();
  const isTrusted = endorsers.some(({ issuer }) => issuer);
  check(isTrusted, 'UNTRUSTED_ORGANIZATIONS', '/identities', 'no signer is of an organization you trust');
  const digest = bytesToHex(sha256(bytes));
  const seen = { name: `checkpoint ${digest.slice(0, 12)}`, seconds, observedBy: file.observed_by, signers: endorsers };
  return {
    ...sightingOf(answer, seen),
    sha256: digest,
    blockHash: answer.block_hash,
    isOfDemonstration: endorsers.some((signer) => signer.isOfDemonstration),
  };
}

/** The observer and its clock are those of the proposal that the peers signed the answer to. */
function checkObserver({ observed_at, observed_by, identities, signed }: Checkpoint, seconds: number): void {
  const creator = identities[signed.creator]?.msp_id;
  check(creator === observed_by, 'ANSWER_MISMATCH', '/observed_by', `it was asked by ${creator}`);
  const asked = timestampFromSeconds(seconds, 0);
  check(asked === observed_at, 'ANSWER_MISMATCH', '/observed_at', `it was asked at ${asked}`);
}

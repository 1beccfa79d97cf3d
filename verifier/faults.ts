/**
 * Everything that evidence can fail for, one code per fault (docs/evidence.md lists them). `inconclusive`: what is there
 * holds, but it is not enough for the rule that the user set.
 */
export const FAULTS = {
  TOO_LARGE: { verdict: 'invalid', title: 'The file is larger than evidence can be' },
  NOT_JSON: { verdict: 'invalid', title: 'The file is not strict JSON' },
  UNKNOWN_FORMAT: { verdict: 'invalid', title: 'The file is not evidence of a format and version known here' },
  MALFORMED_EVIDENCE: { verdict: 'invalid', title: 'A field is missing, unknown or not what the format says' },
  MALFORMED_MESSAGE: { verdict: 'invalid', title: 'Signed bytes are not the message that they should be' },

  COMMITMENT_MISMATCH: { verdict: 'invalid', title: 'A payload value is not the one that the event committed to' },
  EVENT_HASH_MISMATCH: { verdict: 'invalid', title: "The event's hash is not that of its core" },
  LOCATOR_MISMATCH: { verdict: 'invalid', title: "The event's locator is not that of its core" },
  AGENT_KEY_MISMATCH: { verdict: 'invalid', title: "The key is not that of the event's agent and signature" },
  AGENT_SIGNATURE_INVALID: { verdict: 'invalid', title: "The agent's signature is not over this event" },
  KEY_PROOF_INVALID: { verdict: 'invalid', title: 'The key has not signed its own registration' },
  KEY_NOT_READ: {
    verdict: 'invalid',
    title: 'The signed read set does not have the key and its end as the file has them',
  },
  KEY_REGISTERED_AFTER: { verdict: 'invalid', title: 'The key was registered after the event was recorded' },
  KEY_REVOKED_BEFORE: { verdict: 'invalid', title: 'The key was revoked before the event was recorded' },
  CHAIN_BROKEN: { verdict: 'invalid', title: "An event does not continue its session's chain" },
  HEAD_MISMATCH: { verdict: 'invalid', title: "The session's head is not the end of its events" },
  NOT_ABSENT: { verdict: 'invalid', title: 'The session reaches to the event that is said to be absent' },
  ANSWER_MISMATCH: { verdict: 'invalid', title: 'What the file says in clear is not what was signed' },
  NETWORK_MISMATCH: { verdict: 'invalid', title: 'What the file says of the network is not what was signed' },

  PROPOSAL_MISMATCH: { verdict: 'invalid', title: 'The signed answer belongs to another question' },
  TRANSACTION_ID_MISMATCH: { verdict: 'invalid', title: 'The transaction id is not that of its nonce and creator' },
  WRONG_CHANNEL: { verdict: 'invalid', title: 'The answer is of another channel' },
  WRONG_CHAINCODE: { verdict: 'invalid', title: 'The answer is of another chaincode' },
  WRONG_FUNCTION: { verdict: 'invalid', title: 'Another function was called than the one that gives this answer' },
  WRONG_ARGUMENTS: { verdict: 'invalid', title: 'The function was called with other arguments' },
  CHALLENGE_MISMATCH: { verdict: 'invalid', title: 'The answer is to another challenge' },
  NOT_SUCCESSFUL: { verdict: 'invalid', title: 'What was signed is a refusal' },
  NOT_A_READ: { verdict: 'invalid', title: 'What was signed would write: it may never have been committed' },
  RECORD_NOT_READ: { verdict: 'invalid', title: "The signed read set has no committed version of the event's record" },
  HEAD_NOT_READ: { verdict: 'invalid', title: "The signed read set has no committed version of the session's head" },
  END_NOT_READ: { verdict: 'invalid', title: 'The signed read set does not show that nothing is behind the head' },
  ABSENCE_NOT_READ: { verdict: 'invalid', title: 'The signed read set does not show that nothing has the id' },
  CHECKPOINT_TOO_EARLY: { verdict: 'invalid', title: 'The checkpoint is from before what was read was written' },
  OUTSIDE_BRACKET: { verdict: 'invalid', title: "The answer's time lies outside the bracket that the user set" },

  MALFORMED_CERTIFICATE: { verdict: 'invalid', title: 'An identity is not a certificate as Fabric uses them' },
  CERTIFICATE_NOT_TRUSTED: { verdict: 'invalid', title: "A certificate was not issued under its organization's roots" },
  CERTIFICATE_NOT_VALID_THEN: { verdict: 'invalid', title: 'A certificate was not valid when it signed' },
  NOT_A_PEER: { verdict: 'invalid', title: 'A signer is not a peer of its organization' },
  SIGNATURE_INVALID: { verdict: 'invalid', title: 'A signature does not verify' },
  DUPLICATE_ORGANIZATION: { verdict: 'invalid', title: 'One organization has signed an answer twice' },
  OUT_OF_ORDER: { verdict: 'invalid', title: 'Identities or endorsements do not ascend, or one stands there twice' },
  UNUSED_IDENTITY: { verdict: 'invalid', title: 'An identity is listed that has signed nothing' },
  UNKNOWN_IDENTITY: { verdict: 'invalid', title: 'An endorsement names an identity that is not listed' },
  SIGNERS_DIFFER: { verdict: 'invalid', title: 'The answers are not all signed by the same organizations' },

  BLOCK_MISMATCH: { verdict: 'invalid', title: 'The block is not the one that the signed answer names' },
  HEADER_CHAIN_BROKEN: { verdict: 'invalid', title: 'The block headers do not lead to the signed checkpoint' },
  CREATOR_MISMATCH: { verdict: 'invalid', title: 'The transaction was not made by who is said to have recorded' },
  WRITE_MISMATCH: { verdict: 'invalid', title: 'The transaction did not write the event' },
  DISCLOSURE_MISMATCH: { verdict: 'invalid', title: 'The file discloses more or less than it says' },

  ORDERERS_NOT_MET: { verdict: 'inconclusive', title: 'Not enough of the orderers that the user trusts have signed' },
  CONTRADICTS_CHECKPOINT: { verdict: 'invalid', title: 'A checkpoint that was kept shows another ledger' },
  CHECKPOINTS_DISAGREE: { verdict: 'inconclusive', title: 'The checkpoints that were kept contradict one another' },

  UNTRUSTED_ORGANIZATIONS: { verdict: 'inconclusive', title: 'Nobody whom the user trusts has signed' },
  RULE_NOT_MET: { verdict: 'inconclusive', title: 'Not enough of the organizations that the user trusts have signed' },
} as const satisfies Record<string, { verdict: 'invalid' | 'inconclusive'; title: string }>;

export type FaultCode = keyof typeof FAULTS;

/** Why evidence does not verify. `pointer` (RFC 6901) is the place in the file; `''` is the whole. */
export class EvidenceFault extends Error {
  override readonly name = 'EvidenceFault';

  constructor(
    readonly code: FaultCode,
    readonly pointer: string,
    detail: string,
  ) {
    super(detail);
  }
}

/** @throws {EvidenceFault} */
export function refuse(code: FaultCode, pointer: string, detail: string): never {
  throw new EvidenceFault(code, pointer, detail);
}

/** @throws {EvidenceFault} unless the condition holds. */
export function check(condition: boolean, code: FaultCode, pointer: string, detail: string): asserts condition {
  if (!condition) refuse(code, pointer, detail);
}

import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { timestampFromMs, timestampFromSeconds } from '../core/index.js';
import type { Evidence } from '../core/index.js';
import type { RecordVersion } from './answer.js';
import type { Bracket } from './checkpoints/bracket.js';
import { bracketStatements } from './checkpoints/bracket-statements.js';
import type { BlockFindings } from './block/check-block.js';
import type { AgentKeyPlace } from './forms/agent-key.js';
import { FAULTS } from './faults.js';
import type { EvidenceFault, FaultCode } from './faults.js';
import type { Signer } from './identity.js';
import type { AbsenceSummary } from './forms/absence.js';
import type { Form } from './forms/form.js';
import type { QuerySummary } from './forms/query.js';
import type { SessionSummary } from './forms/session-statements.js';
import { withCommon } from './statements.js';
import type { Statement } from './statements.js';
import type { Trust } from './trust.js';

/** What all steps found, where none failed. */
export interface Findings {
  evidence: Evidence;
  form: Form;
  /** Where what was read had been written, as the signers say; of an event, first its record. */
  versions: readonly RecordVersion[];
  /** Of the keys that signed the events, if any did. */
  agentKeys: readonly AgentKeyPlace[];
  endorsers: readonly Signer[];
  /** What the event's own block shows, where the file has it. */
  block: BlockFindings | undefined;
  /** MSP ids of those endorsers whose certificates the user's authorities issued. */
  trusted: readonly string[];
  /** When the last answer was given: seconds since the epoch. */
  seconds: number;
  /** The contract's version, in words. */
  contract: string;
  /** Between which times kept checkpoints put it; absent where there are none. */
  bracket: Bracket | undefined;
  isChallengeKnown: boolean;
}

/**
 * `demonstration`: everything holds, but certificates say that one process has the keys of every organization, so that
 * it proves how the product works and nothing else.
 */
export type Verdict = 'valid' | 'invalid' | 'inconclusive' | 'demonstration';

export interface Report {
  verdict: Verdict;
  file_sha256: string;
  /** Why it is not valid: the first thing that does not hold. */
  fault?: { code: FaultCode; title: string; pointer: string; detail: string };
  /** What it is evidence of: one of these four. */
  event?: EventSummary;
  session?: SessionSummary;
  absence?: AbsenceSummary;
  query?: QuerySummary;
  statements: Statement[];
  /** What the user went by: the verdict holds for nobody who trusts others. */
  trust: TrustSummary;
  signers: SignerSummary[];
  time?: TimeBracket;
  /** Organizations that dispute an event, once for each dispute. */
  disputed_by: string[];
  does_not_show: readonly string[];
}

export interface TrustSummary {
  channel: string;
  chaincode: string;
  at_least: number;
  required: readonly string[];
  /** Organizations whose authorities the user has, and SHA-256 of their certificates. */
  organizations: { msp_id: string; authorities: string[] }[];
}

export interface EventSummary {
  locator: string;
  hash: string;
  words: string;
}

export interface SignerSummary {
  msp_id: string;
  name: string;
  certificate_sha256: string;
  serial: string;
  not_before: string;
  not_after: string;
  trusted: boolean;
  demonstration: boolean;
}

export interface TimeBracket {
  /** Of one event: the agent's own clock. */
  claimed?: string;
  /** Of one event: the recording gateway's clock, which endorsing peers hold to 15 minutes of theirs. */
  recorded_at?: string;
  /** The asking gateway's clock, held likewise. */
  answered_at: string;
  /** The latest block in which something that was read had been written, if anything was. */
  block?: number;
  heights: number[];
  /** What kept checkpoints say of when that block came to be. */
  bracket?: Bracket;
}

/** What no evidence of this kind can show; printed every time. */
const DOES_NOT_SHOW = [
  'that everything the agent did was sent to the ledger: an action that was never posted leaves no trace here',
  'that what the agent or its gateway wrote is true: the ledger keeps statements, it does not witness actions',
  'that the organizations did not act together: if all signers collude, they can sign anything',
] as const;

export function reportFindings(findings: Findings, trust: Trust, fileSha256: string): Report {
  const { evidence, endorsers, versions, bracket } = findings;
  const { subject, time, statements, disputedBy } = findings.form.report(findings);
  return {
    verdict: evidence.network.demonstration ? 'demonstration' : 'valid',
    file_sha256: fileSha256,
    ...subject,
    statements: [...withCommon(statements, findings, trust), ...(bracket ? bracketStatements(bracket) : [])],
    trust: summarizeTrust(trust),
    signers: endorsers.map(summarizeSigner),
    time: {
      ...time,
      answered_at: timestampFromSeconds(findings.seconds, 0),
      ...(versions.length > 0 && { block: Math.max(...versions.map(({ block }) => block)) }),
      heights: evidence.checkpoints.map(({ answer }) => answer.height),
      ...(bracket && { bracket }),
    },
    disputed_by: disputedBy,
    does_not_show: DOES_NOT_SHOW,
  };
}

export function reportFault({ code, pointer, message }: EvidenceFault, trust: Trust, fileSha256: string): Report {
  const { verdict, title } = FAULTS[code];
  return {
    verdict,
    file_sha256: fileSha256,
    fault: { code, title, pointer, detail: message },
    statements: [],
    trust: summarizeTrust(trust),
    signers: [],
    disputed_by: [],
    does_not_show: DOES_NOT_SHOW,
  };
}

function summarizeTrust({ channel, chaincode, rule, authorities }: Trust): TrustSummary {
  const organizations = [...authorities].map(([mspId, certificates]) => ({
    msp_id: mspId,
    authorities: certificates.map(({ der }) => bytesToHex(sha256(der))),
  }));
  return { channel, chaincode, at_least: rule.at_least, required: rule.required, organizations };
}

function summarizeSigner({ mspId, commonName, certificate, issuer, ...signer }: Signer): SignerSummary {
  return {
    msp_id: mspId,
    name: commonName,
    certificate_sha256: signer.fingerprint,
    serial: bytesToHex(certificate.serial),
    not_before: timestampFromMs(certificate.notBefore),
    not_after: timestampFromMs(certificate.notAfter),
    trusted: issuer !== undefined,
    demonstration: signer.isOfDemonstration,
  };
}

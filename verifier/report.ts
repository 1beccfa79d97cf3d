import { bytesToHex } from '@noble/hashes/utils.js';
import { timestampFromMs, timestampFromSeconds } from '../core/index.js';
import type { Evidence } from '../core/index.js';
import type { RecordVersion } from './answer.js';
import type { BlockFindings } from './block/check-block.js';
import type { AgentKeyPlace } from './check-agent-key.js';
import { FAULTS } from './faults.js';
import type { EvidenceFault, FaultCode } from './faults.js';
import type { Signer } from './identity.js';
import { statementsOf } from './statements.js';
import type { Statement } from './statements.js';
import type { Trust } from './trust.js';

/** What all steps found, where none failed. */
export interface Findings {
  evidence: Evidence;
  /** Where the event's record was written, as the signers say. */
  record: RecordVersion;
  /** Of the key that signed the event, if one did. */
  agentKey: AgentKeyPlace | undefined;
  endorsers: readonly Signer[];
  /** What the event's own block shows, where the file has it. */
  block: BlockFindings | undefined;
  /** MSP ids of those endorsers whose certificates the user's authorities issued. */
  trusted: readonly string[];
  /** When the answer was given: seconds since the epoch. */
  seconds: number;
  chaincodeVersion: string;
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
  event?: EventSummary;
  statements: Statement[];
  signers: SignerSummary[];
  time?: TimeBracket;
  /** Organizations that dispute the event. */
  disputed_by: string[];
  does_not_show: readonly string[];
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
  /** The agent's own clock. */
  claimed: string;
  /** The recording gateway's clock, which endorsing peers hold to 15 minutes of theirs. */
  recorded_at: string;
  /** The asking gateway's clock, held likewise. */
  answered_at: string;
  block: number;
  heights: number[];
}

/** What no evidence of this kind can show; printed every time. */
const DOES_NOT_SHOW = [
  'that everything the agent did was sent to the ledger: an action that was never posted leaves no trace here',
  'that what the agent or its gateway wrote is true: the ledger keeps statements, it does not witness actions',
  'that the organizations did not act together: if all signers collude, they can sign anything',
] as const;

export function reportFindings(findings: Findings, trust: Trust, fileSha256: string): Report {
  const { evidence, endorsers } = findings;
  const { event, entries } = evidence.event.answer;
  return {
    verdict: evidence.network.demonstration ? 'demonstration' : 'valid',
    file_sha256: fileSha256,
    event: { locator: event.locator, hash: event.hash, words: inWords(event) },
    statements: statementsOf(findings, trust),
    signers: endorsers.map(summarizeSigner),
    time: {
      claimed: event.core.timestamp,
      recorded_at: event.recorded_at,
      answered_at: timestampFromSeconds(findings.seconds, 0),
      block: findings.record.block,
      heights: evidence.checkpoints.map(({ answer }) => answer.height),
    },
    disputed_by: entries.filter(({ kind }) => kind === 'disputed').map(({ recorded_by }) => recorded_by.msp_id),
    does_not_show: DOES_NOT_SHOW,
  };
}

export function reportFault({ code, pointer, message }: EvidenceFault, fileSha256: string): Report {
  const { verdict, title } = FAULTS[code];
  return {
    verdict,
    file_sha256: fileSha256,
    fault: { code, title, pointer, detail: message },
    statements: [],
    signers: [],
    disputed_by: [],
    does_not_show: DOES_NOT_SHOW,
  };
}

function inWords({ core }: Evidence['event']['answer']['event']): string {
  const doing = [core.event_type, core.tool && `of ${core.tool.name}`, core.action, core.status && `(${core.status})`];
  const what = doing.filter(Boolean).join(' ');
  return `${core.agent_id} of ${core.owner}, session ${core.session_id}, event ${core.seq}: ${what}, at ${core.timestamp}`;
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

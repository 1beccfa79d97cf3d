import type { SignedAnswer } from '../../core/index.js';
import type { Answer, RecordVersion } from '../answer.js';
import type { BlockFindings } from '../block/check-block.js';
import type { Findings, Report } from '../report.js';
import type { Statement } from '../statements.js';
import type { Trust } from '../trust.js';
import type { AgentKeyPlace } from './agent-key.js';

/** One form of evidence: the answers that have to be signed for it, and what can be said when they are. */
export interface Form {
  challenge: { text: string; at: string };
  /** That the file holds in itself, before anybody's word is looked at. @throws {EvidenceFault} */
  checkItself: () => void;
  parts: readonly [SignedPart, ...SignedPart[]];
  /** In the full form. @throws {EvidenceFault} */
  checkBlock?: (record: RecordVersion, trust: Trust) => BlockFindings;
  report: (findings: Findings) => FormReport;
}

export interface SignedPart {
  /** Pointer of the signed answer in the file. */
  at: string;
  signed: SignedAnswer;
  /** The function's name, its arguments, the challenge. */
  call: readonly string[];
  /**
   * That the signed bytes say what the file says, and that it was read from what is committed.
   * @throws {EvidenceFault}
   */
  check: (answer: Answer) => Found;
}

/** What a signed answer was read from. */
export interface Found {
  versions: RecordVersion[];
  agentKeys: AgentKeyPlace[];
}

/** What is said of one form alone. */
export interface FormReport {
  subject: Pick<Report, 'event' | 'session' | 'absence' | 'query'>;
  /** When it happened and was recorded, where one event is at issue. */
  time: { claimed?: string; recorded_at?: string };
  statements: Statement[];
  disputedBy: string[];
}

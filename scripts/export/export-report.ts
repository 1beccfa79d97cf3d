import { HEADINGS, visible } from '../../verifier/index.js';
import type { FaultCode, Report, Verdict } from '../../verifier/index.js';

/** What can be wrong with an export beside its signed files; docs/evidence.md, "A population". */
export type ExportFaultCode = 'MALFORMED_EXPORT' | 'PAGES_BROKEN' | 'LIST_MISMATCH' | 'SAMPLE_MISMATCH' | FaultCode;

export class ExportFault extends Error {
  override readonly name = 'ExportFault';

  constructor(
    readonly code: ExportFaultCode,
    readonly file: string,
    detail: string,
    readonly verdict: Verdict = 'invalid',
  ) {
    super(detail);
  }
}

/** What was found, where nothing failed. */
export interface ExportFindings {
  rows: number;
  sha256: string;
  query: string;
  /** Of the pages; there is one at least. */
  reports: readonly Report[];
  receipts: number;
  seed: string;
  isFresh: boolean;
}

export interface ExportReport {
  verdict: Verdict;
  fault?: { code: ExportFaultCode; file: string; detail: string };
  list?: { events: number; sha256: string; query: string; heights: number[]; answered: string[] };
  sample?: { receipts: number; seed: string };
  /** Organizations that the user trusts, and that signed every page. */
  attested_by: string[];
  not_checked: string[];
}

export function reportExport(findings: ExportFindings): ExportReport {
  const { rows, sha256, query, reports, receipts, seed, isFresh } = findings;
  const ends = [reports[0], reports.at(-1)];
  return {
    verdict: reports.some(({ verdict }) => verdict === 'demonstration') ? 'demonstration' : 'valid',
    list: {
      events: rows,
      sha256,
      query,
      heights: ends.map((report) => heightOf(report)),
      answered: ends.map((report) => report?.time?.answered_at ?? ''),
    },
    sample: { receipts, seed },
    attested_by: signersOfAll(reports),
    not_checked: [
      'The other columns of the list: what an event says stands in its receipt.',
      'That no other event fits: a rich query carries no proof of it, only the word of who signed.',
      'That nobody knew the seed before the list was made: whoever chose it knows when.',
      ...(isFresh ? [] : ['That the answers are fresh: you gave no challenge that you asked with.']),
    ],
  };
}

/** How high the ledger was when a page was signed. */
export function heightOf(report: Report | undefined): number {
  return Math.max(...(report?.time?.heights ?? [0]));
}

export function reportExportFault({ code, file, message, verdict }: ExportFault): ExportReport {
  return { verdict, fault: { code, file, detail: message }, attested_by: [], not_checked: [] };
}

function signersOfAll(reports: readonly Report[]): string[] {
  const ofEach = reports.map(({ signers }) => signers.filter(({ trusted }) => trusted).map(({ msp_id }) => msp_id));
  return (ofEach[0] ?? []).filter((mspId) => ofEach.every((signers) => signers.includes(mspId))).sort();
}

export function printExport({ verdict, fault, list, sample, ...report }: ExportReport, verifierSha256: string): string {
  const sections = [
    [`An exported population: ${HEADINGS[verdict]}`],
    fault ? [fault.code, `  at ${fault.file}: ${fault.detail.slice(0, 300)}`] : [],
    list
      ? [
          'LIST',
          `  events       ${list.events}`,
          `  query        ${list.query}`,
          `  answered at  ${list.answered.join(' to ')}, ledger of ${list.heights.join(' to ')} blocks`,
          `  SHA-256      ${list.sha256}`,
        ]
      : [],
    sample ? ['SAMPLE', `  ${sample.receipts} receipts, as the seed draws them: ${sample.seed.slice(0, 300)}`] : [],
    list
      ? [
          'ATTESTED',
          `  - These events fit, in this order, and each is on the ledger. [${report.attested_by.join(', ')}]`,
        ]
      : [],
    report.not_checked.length > 0 ? ['NOT CHECKED', ...report.not_checked.map((sentence) => `  - ${sentence}`)] : [],
    [`SHA-256 of the verifier  ${verifierSha256}`],
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.map(visible).join('\n'))
    .join('\n\n')}\n`;
}

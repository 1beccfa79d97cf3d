import type { Report, SignerSummary, Verdict } from './report.js';
import type { Statement } from './statements.js';

const HEADINGS: Record<Verdict, string> = {
  valid: 'VALID',
  invalid: 'INVALID',
  inconclusive: 'INCONCLUSIVE',
  demonstration: 'NOT INDEPENDENT – a demonstration: one process holds the keys of every organization',
};
const KINDS: Record<Statement['kind'], string> = {
  proven: 'PROVEN',
  attested: 'ATTESTED',
  claimed: 'CLAIMED',
  not_checked: 'NOT CHECKED',
};

/** One page for an auditor to read and sign. What comes from the file is shown without control characters. */
export function printReport(report: Report, verifierSha256: string): string {
  const sections = [
    [`Evidence of an agent's event: ${HEADINGS[report.verdict]}`],
    faultLines(report),
    eventLines(report),
    statementLines(report),
    signerLines(report),
    report.disputed_by.length > 0 ? [`DISPUTED BY ${report.disputed_by.join(', ')}`] : [],
    ['THIS DOES NOT SHOW', ...report.does_not_show.map((sentence) => `  - ${sentence}`)],
    [`SHA-256 of the file      ${report.file_sha256}`, `SHA-256 of the verifier  ${verifierSha256}`],
  ];
  const page = sections.filter((lines) => lines.length > 0).map((lines) => lines.map(visible).join('\n'));
  return `${page.join('\n\n')}\n`;
}

function faultLines({ fault }: Report): string[] {
  if (!fault) return [];
  return [`${fault.code}: ${fault.title}`, `  at ${fault.pointer || 'the whole file'}: ${fault.detail.slice(0, 300)}`];
}

function eventLines({ event, time }: Report): string[] {
  if (!event || !time) return [];
  return [
    'EVENT',
    `  ${event.words}`,
    `  locator      ${event.locator}`,
    `  hash         ${event.hash}`,
    `  claimed at   ${time.claimed}`,
    `  recorded at  ${time.recorded_at}, block ${time.block}`,
    `  answered at  ${time.answered_at}, ledger of ${time.heights.join(', ')} blocks`,
  ];
}

function statementLines({ statements }: Report): string[] {
  return (Object.keys(KINDS) as Statement['kind'][]).flatMap((kind) => {
    const ofKind = statements.filter((statement) => statement.kind === kind);
    const lines = ofKind.map(({ by, sentence }) => `  - ${sentence}${by.length > 0 ? ` [${by.join(', ')}]` : ''}`);
    return lines.length > 0 ? [KINDS[kind], ...lines] : [];
  });
}

function signerLines({ signers }: Report): string[] {
  return signers.length > 0 ? ['SIGNERS', ...signers.flatMap(describeSigner)] : [];
}

function describeSigner(signer: SignerSummary): string[] {
  const notes = [signer.trusted ? '' : ' (not of an organization you trust)', signer.demonstration ? ' (DEMO)' : ''];
  return [
    `  ${signer.msp_id}  ${signer.name}${notes.join('')}`,
    `    certificate ${signer.certificate_sha256}, ${signer.not_before.slice(0, 10)} to ${signer.not_after.slice(0, 10)}`,
  ];
}

/** Terminals obey control characters, direction marks change what is read, and a line break would forge a line. */
function visible(line: string): string {
  return line.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, (char) => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`);
}

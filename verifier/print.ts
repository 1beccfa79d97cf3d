import type { TimeBound } from './checkpoints/bracket.js';
import type { Report, SignerSummary, Verdict } from './report.js';
import type { Statement } from './statements.js';

/** What a verdict is called at the top of a page. */
export const HEADINGS: Record<Verdict, string> = {
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
    [`${subjectOf(report)}: ${HEADINGS[report.verdict]}`],
    faultLines(report),
    ...subjectLines(report),
    timeLines(report),
    statementLines(report),
    signerLines(report),
    trustLines(report),
    report.disputed_by.length > 0 ? [`DISPUTED BY ${report.disputed_by.join(', ')}`] : [],
    ['THIS DOES NOT SHOW', ...report.does_not_show.map((sentence) => `  - ${sentence}`)],
    [`SHA-256 of the file      ${report.file_sha256}`, `SHA-256 of the verifier  ${verifierSha256}`],
    ['Checked by, on  ________________________________________'],
  ];
  const page = sections.filter((lines) => lines.length > 0).map((lines) => lines.map(visible).join('\n'));
  return `${page.join('\n\n')}\n`;
}

function faultLines({ fault }: Report): string[] {
  if (!fault) return [];
  return [`${fault.code}: ${fault.title}`, `  at ${fault.pointer || 'the whole file'}: ${fault.detail.slice(0, 300)}`];
}

function subjectOf({ event, session, absence, query }: Report): string {
  if (event) return "Evidence of an agent's event";
  if (session) return "Evidence of an agent's session";
  if (absence) return 'Evidence that there was no such event';
  return query ? 'Evidence of the answer to a query' : 'Evidence';
}

function subjectLines({ event, session, absence, query }: Report): string[][] {
  return [
    event ? ['EVENT', `  ${event.words}`, `  locator      ${event.locator}`, `  hash         ${event.hash}`] : [],
    session ? ['SESSION', `  ${session.words}`, `  last hash    ${session.last_hash}`] : [],
    absence ? ['ABSENCE', `  ${absence.words}`] : [],
    query ? ['QUERY', `  ${query.words}`, `  events       ${query.hits}${query.more ? ', and more' : ''}`] : [],
  ];
}

function timeLines({ time }: Report): string[] {
  if (!time) return [];
  const { claimed, recorded_at, block, answered_at, heights, bracket } = time;
  return [
    'TIME',
    ...(claimed === undefined ? [] : [`  claimed at   ${claimed}`]),
    ...(recorded_at === undefined ? [] : [`  recorded at  ${recorded_at}`]),
    ...(block === undefined ? [] : [`  in block     ${block}`]),
    `  answered at  ${answered_at}, ledger of ${heights.join(', ')} blocks`,
    ...boundLines('not before', bracket?.not_before),
    ...boundLines('not after', bracket?.not_after),
  ];
}

function boundLines(title: string, bound: TimeBound | undefined): string[] {
  return bound ? [`  ${title.padEnd(13)}${bound.at}, as ${bound.signed_by} signed for ${bound.observed_by}`] : [];
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

function trustLines({ trust: { channel, chaincode, at_least: least, required, organizations } }: Report): string[] {
  const among = required.length > 0 ? `, ${required.join(', ')} among them` : '';
  return [
    'TRUSTED BY WHOEVER CHECKED',
    `  channel ${channel}, contract ${chaincode}; at least ${least} of these must have signed${among}`,
    ...organizations.flatMap(({ msp_id: mspId, authorities }) =>
      authorities.map((fingerprint) => `  ${mspId}  authority ${fingerprint}`),
    ),
  ];
}

/** Terminals obey control characters, direction marks change what is read, and a line break would forge a line. */
export function visible(line: string): string {
  return line.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, (char) => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`);
}

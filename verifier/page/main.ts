import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { printReport, readTrust, verifyEvidence } from '../index.js';
import type { Report, Trust } from '../index.js';

/** The verifier as a page of one file, which needs no server: the same report as the command prints. */

const HEADLINES: Record<Report['verdict'], string> = {
  valid: 'Valid',
  invalid: 'Invalid',
  inconclusive: 'Inconclusive',
  demonstration: 'Not independent: evidence of a demonstration network',
};
const MAX_TRUST_FILE_BYTES = 1_048_576;

const form = element('question', HTMLFormElement);
form.addEventListener('submit', (event) => {
  event.preventDefault();
  void verify();
});

async function verify(): Promise<void> {
  try {
    const trust = await readTrustFiles([...(element('trust', HTMLInputElement).files ?? [])]);
    const evidence = element('evidence', HTMLInputElement).files?.[0];
    if (!evidence) throw new Error('Choose a file of evidence.');
    const challenge = element('challenge', HTMLInputElement).value;
    const bytes = new Uint8Array(await evidence.arrayBuffer());
    const report = verifyEvidence(bytes, trust, challenge === '' ? {} : { challenge });
    show(report.verdict, HEADLINES[report.verdict], printReport(report, digestOfVerifier()));
  } catch (error) {
    show('none', error instanceof Error ? error.message : 'It could not be verified.', '');
  }
}

/** A folder as the file chooser hands it over: `<folder>/trust.json`, `<folder>/orderers/<MSPID>.pem`. */
async function readTrustFiles(files: readonly File[]): Promise<Trust> {
  const texts = new Map<string, string>();
  for (const file of files) {
    if (file.size > MAX_TRUST_FILE_BYTES) throw new Error(`${file.name} is too large for a file of trust.`);
    texts.set(file.webkitRelativePath.split('/').slice(1).join('/'), await file.text());
  }
  const json = texts.get('trust.json');
  if (json === undefined) throw new Error('The folder of what you trust has no trust.json.');
  return readTrust(json, pemsIn(texts, ''), pemsIn(texts, 'orderers/'));
}

function pemsIn(texts: ReadonlyMap<string, string>, folder: string): Map<string, string> {
  const pems = [...texts].filter(([path]) => path.startsWith(folder) && /^[^/]+\.pem$/.test(path.slice(folder.length)));
  return new Map(pems.map(([path, text]) => [path.slice(folder.length, -'.pem'.length), text]));
}

function show(verdict: string, headline: string, report: string): void {
  const banner = element('verdict', HTMLElement);
  banner.dataset['verdict'] = verdict;
  banner.textContent = headline;
  banner.hidden = false;
  const page = element('report', HTMLElement);
  page.textContent = report;
  page.hidden = report === '';
}

/** SHA-256 of this page's one script. */
function digestOfVerifier(): string {
  return bytesToHex(sha256(utf8ToBytes(document.scripts[0]?.textContent ?? '')));
}

function element<Type extends HTMLElement>(id: string, type: abstract new () => Type): Type {
  const found = document.getElementById(id);
  if (!(found instanceof type)) throw new Error(`the page has no ${id}`);
  return found;
}

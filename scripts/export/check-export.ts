import { join } from 'node:path';
import { canonicalize, evidence, LIMITS, parseJson } from '../../core/index.js';
import type { Evidence, JsonValue, QueryAnswer } from '../../core/index.js';
import { verifyEvidence } from '../../verifier/index.js';
import type { Report, Trust, VerifyOptions } from '../../verifier/index.js';
import { readFile } from '../trust-folder.js';
import { UsageError } from '../usage-error.js';
import { inert } from './csv.js';
import { ExportFault, heightOf } from './export-report.js';
import type { ExportFindings } from './export-report.js';
import { digestOf, LIST, MANIFEST, pageFile, receiptFile } from './files.js';
import { manifestFile } from './manifest.js';
import type { Manifest } from './manifest.js';
import { readRows } from './read-list.js';
import { Sample } from './sample.js';

type Hit = QueryAnswer['hits'][number];

/** An export as somebody hands it over, and what its reader trusts. */
interface Handed {
  dir: string;
  manifest: Manifest;
  trust: Trust;
  options: VerifyOptions;
}

/**
 * Checks that an export is one list: its pages, each signed, follow one another to the end, the CSV lists their events, and
 * the receipts are those of the sample that the seed draws.
 * @throws {ExportFault} the first thing that does not hold.
 */
export async function checkExport(dir: string, trust: Trust, options: VerifyOptions): Promise<ExportFindings> {
  const manifest = readManifest(dir);
  if (options.challenge !== undefined && options.challenge !== manifest.challenge)
    throw new ExportFault('CHALLENGE_MISMATCH', MANIFEST, `it is "${manifest.challenge}"`);
  const handed = { dir, manifest, trust, options: { ...options, challenge: manifest.challenge } };
  const sample = new Sample(manifest.sample);
  const hashes = new Map<string, string>();
  const reports = await checkPages(handed, ({ locator, hash }) => {
    if (hashes.has(locator)) throw new ExportFault('PAGES_BROKEN', 'pages', `${locator} is there twice`);
    hashes.set(locator, hash);
    sample.offer([locator]);
  });
  const sha256 = await digestOf(join(dir, LIST));
  if (sha256 !== manifest.sha256 || hashes.size !== manifest.rows)
    throw new ExportFault('LIST_MISMATCH', LIST, `${hashes.size} events, SHA-256 ${sha256}`);
  const heights = [reports[0], reports.at(-1)].map((report) => heightOf(report));
  if (heights.join() !== manifest.heights.join())
    throw new ExportFault('PAGES_BROKEN', MANIFEST, `the pages are of ${heights.join(' and ')} blocks`);
  checkReceipts(handed, sample.read(), hashes);
  const { seed, receipts } = manifest.sample;
  const query = canonicalize(queryOf(manifest) as JsonValue);
  const found = { rows: hashes.size, sha256, query, reports, seed, receipts: receipts.length };
  return { ...found, isFresh: options.challenge !== undefined };
}

function readManifest(dir: string): Manifest {
  try {
    return manifestFile.parse(parseJson(readPart(dir, MANIFEST).toString()));
  } catch (error) {
    if (error instanceof ExportFault) throw error;
    throw new ExportFault('MALFORMED_EXPORT', MANIFEST, (error as Error).message);
  }
}

/** Page by page beside the list, row by row: neither has to be in memory as a whole. */
async function checkPages(handed: Handed, onHit: (hit: Hit) => void) {
  const { dir, manifest } = handed;
  const rows = readRows(join(dir, LIST));
  await rows.next(); // the header
  const reports: Report[] = [];
  let cursor: string | undefined;
  for (let page = 1; page <= manifest.pages; page++) {
    const file = pageFile('', page);
    const { report, content } = checkFile(handed, file);
    if (content.form !== 'query') throw new ExportFault('PAGES_BROKEN', file, 'it is no answer to a query');
    const { query, hits, next_cursor: next } = content.query.answer;
    checkQuery(query, manifest, file);
    if (query.cursor !== cursor)
      throw new ExportFault('PAGES_BROKEN', file, 'it does not go on where the page before ended');
    for (const hit of hits) {
      onHit(hit);
      await checkRow(rows, hit);
    }
    if ((next === undefined) !== (page === manifest.pages))
      throw new ExportFault('PAGES_BROKEN', file, next === undefined ? 'there are no more' : 'there are more');
    cursor = next;
    reports.push(report);
  }
  if (!(await rows.next()).done) throw new ExportFault('LIST_MISMATCH', LIST, 'it has more rows than the pages');
  return reports;
}

/** Whatever the page's place and size, it answers what the manifest names. */
function checkQuery(
  { cursor: _cursor, limit: _limit, ...asked }: QueryAnswer['query'],
  manifest: Manifest,
  file: string,
) {
  const [actual, wanted] = [asked, queryOf(manifest)].map((query) => canonicalize(query as JsonValue));
  if (actual !== wanted) throw new ExportFault('PAGES_BROKEN', file, `it answers ${actual}, not ${wanted}`);
}

/** In the order in which events were recorded. */
function queryOf({ filter }: Manifest) {
  return { ...filter, by: 'recorded_at', order: 'asc' };
}

async function checkRow(rows: AsyncGenerator<[string, string], void>, { locator, hash }: Hit): Promise<void> {
  const { value } = await rows.next();
  const isIts = value?.[0] === inert(locator) && value[1] === hash;
  if (!isIts) throw new ExportFault('LIST_MISMATCH', LIST, `its row for ${locator} is another one, or not there`);
}

function checkReceipts(handed: Handed, drawn: readonly string[], hashes: ReadonlyMap<string, string>): void {
  const { receipts } = handed.manifest.sample;
  const isDrawn = receipts.length === drawn.length && receipts.every(({ locator }, index) => locator === drawn[index]);
  if (!isDrawn) throw new ExportFault('SAMPLE_MISMATCH', MANIFEST, 'the seed draws other events');
  for (const [index, locator] of drawn.entries()) {
    const file = receiptFile(index + 1);
    const { report } = checkFile(handed, file);
    const isIts = report.event?.locator === locator && report.event.hash === hashes.get(locator);
    if (!isIts) throw new ExportFault('SAMPLE_MISMATCH', file, `it is not the receipt of ${locator} as listed`);
  }
}

/** One of the signed files, which has to hold by itself. */
function checkFile({ dir, trust, options }: Handed, file: string): { report: Report; content: Evidence } {
  const bytes = readPart(dir, file);
  const report = verifyEvidence(bytes, trust, options);
  if (report.fault) {
    const { code, pointer, detail } = report.fault;
    throw new ExportFault(code, file, `${pointer || 'the whole file'}: ${detail}`, report.verdict);
  }
  return { report, content: evidence.parse(parseJson(bytes.toString(), LIMITS.envelopeDepth)) };
}

function readPart(dir: string, file: string): Buffer {
  try {
    return readFile(join(dir, file));
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw new ExportFault('MALFORMED_EXPORT', file, 'it is not there, or cannot be read');
  }
}

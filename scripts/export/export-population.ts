import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { queryEvidence } from '../../core/index.js';
import type { GatewayClient } from '../gateway-client.js';
import { csvHeader } from './csv.js';
import { exportPage } from './export-page.js';
import { digestOf, LIST, MANIFEST, pageFile, receiptFile, writeWhole } from './files.js';
import type { Manifest } from './manifest.js';
import type { ExportRequest } from './options.js';
import { readProgress, removeProgress, writeProgress } from './progress.js';
import type { Progress } from './progress.js';
import { Sample } from './sample.js';

/**
 * All events that fit, in the order in which they were recorded, page by page; of each page what the organizations'
 * peers signed of it. Ends with receipts of a sample, and the manifest.
 * @throws {GatewayError}
 * @throws {UsageError} where the folder holds another export.
 */
export async function exportPopulation(client: GatewayClient, request: ExportRequest): Promise<Manifest> {
  const { out } = request;
  let progress = begin(request);
  while (!progress.done) progress = await exportPage(client, request, progress);
  const heights: number[] = [];
  const sample = new Sample(request.sample);
  for (let page = 1; page <= progress.pages; page++) {
    const { query, checkpoints } = readPage(out, page);
    sample.offer(query.answer.hits.map(({ locator }) => locator));
    heights.push(Math.max(...checkpoints.map(({ answer }) => answer.height)));
  }
  const receipts = await writeReceipts(client, out, progress.challenge, sample.read());
  const manifest: Manifest = {
    format: 'agent-audit-export',
    version: 1,
    filter: { ...request.filter, recorded_to: progress.recorded_to },
    challenge: progress.challenge,
    list: LIST,
    rows: progress.rows,
    sha256: await digestOf(join(out, LIST)),
    pages: progress.pages,
    heights: [heights[0] ?? 0, heights.at(-1) ?? 0],
    sample: { ...request.sample, receipts },
  };
  writeWhole(join(out, MANIFEST), `${JSON.stringify(manifest, null, 2)}\n`);
  removeProgress(out);
  return manifest;
}

/** Goes on behind the last whole page; what a page that was not finished has left is cut off. */
function begin({ out, ...request }: ExportRequest): Progress {
  for (const folder of ['pages', 'receipts']) mkdirSync(join(out, folder), { recursive: true, mode: 0o700 });
  const asked = JSON.stringify(request);
  const found = readProgress(out, asked);
  if (found) {
    truncateSync(join(out, LIST), found.bytes);
    return found;
  }
  const header = csvHeader();
  writeWhole(join(out, LIST), header);
  const first: Progress = {
    request: asked,
    recorded_to: request.filter.recorded_to ?? new Date().toISOString(),
    challenge: request.challenge ?? randomBytes(16).toString('hex'),
    pages: 0,
    rows: 0,
    bytes: Buffer.byteLength(header),
    done: false,
  };
  writeProgress(out, first);
  return first;
}

async function writeReceipts(client: GatewayClient, out: string, challenge: string, locators: readonly string[]) {
  const receipts: Manifest['sample']['receipts'] = [];
  for (const [index, locator] of locators.entries()) {
    const file = receiptFile(index + 1);
    if (!existsSync(join(out, file))) {
      const path = `/v1/events/${encodeURIComponent(locator)}/evidence?challenge=${challenge}`;
      writeWhole(join(out, file), JSON.stringify(await client.request('GET', path)));
    }
    receipts.push({ locator, file });
  }
  return receipts;
}

function readPage(out: string, page: number) {
  return queryEvidence.parse(JSON.parse(readFileSync(pageFile(out, page), 'utf8')));
}

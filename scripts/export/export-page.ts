import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { LIMITS, queryEvidence } from '../../core/index.js';
import type { StoredEvent } from '../../gateway/routes/stored-event.js';
import { GatewayError } from '../gateway-client.js';
import type { GatewayClient } from '../gateway-client.js';
import { csvLine } from './csv.js';
import { LIST, pageFile, writeWhole } from './files.js';
import type { ExportRequest } from './options.js';
import { writeProgress } from './progress.js';
import type { Progress } from './progress.js';

const eventPage = z.object({
  events: z.array(z.custom<StoredEvent>((value) => typeof value === 'object' && value !== null)),
});

/** The next page of the list, once the organizations have signed that it is that. @throws {GatewayError} */
export async function exportPage(
  client: GatewayClient,
  { out, filter }: ExportRequest,
  from: Progress,
): Promise<Progress> {
  const body = {
    ...filter,
    recorded_to: from.recorded_to,
    sort: [{ recorded_at: 'asc' }],
    limit: LIMITS.eventsPerPage,
    ...(from.cursor !== undefined && { cursor: from.cursor }),
  };
  const signed = await client.request('POST', `/v1/events/query/evidence?challenge=${from.challenge}`, body);
  const page = eventPage.parse(await client.request('POST', '/v1/events/query', body));
  const { answer } = queryEvidence.parse(signed).query;
  const listed = page.events.map(({ locator, hash }) => `${locator} ${hash}`);
  const isSame =
    JSON.stringify(answer.hits.map(({ locator, hash }) => `${locator} ${hash}`)) === JSON.stringify(listed);
  if (!isSame)
    throw new GatewayError('The list is not what the organizations signed: events are still being recorded.');
  const lines = page.events.map(csvLine).join('');
  writeWhole(pageFile(out, from.pages + 1), JSON.stringify(signed));
  writeFileSync(join(out, LIST), lines, { flag: 'a', flush: true });
  const { cursor: _before, ...rest } = from;
  const next: Progress = {
    ...rest,
    pages: from.pages + 1,
    rows: from.rows + page.events.length,
    bytes: from.bytes + Buffer.byteLength(lines),
    ...(answer.next_cursor !== undefined && { cursor: answer.next_cursor }),
    done: answer.next_cursor === undefined,
  };
  writeProgress(out, next);
  return next;
}

import { z } from 'zod';
import type { HistoryPage, LifecycleEntry, PageRequest } from '../../core/index.js';
import type { AuditContext } from '../context.js';
import { readCursor, sortableTime, writeCursor } from '../cursor.js';
import { toEntry } from '../state/documents.js';
import { findEvent } from './read-event.js';

/** Where a page of a history ended. */
const position = z.strictObject({ recorded_at: sortableTime, tx_id: z.string().regex(/^[0-9a-f]{64}$/) });

/** The history of an event id: its recording, then what was said of it, oldest first; null for an unknown id. */
export async function readHistory(ctx: AuditContext, eventRef: string, page: PageRequest): Promise<HistoryPage | null> {
  const found = await findEvent(ctx, eventRef);
  if (!found) return null;
  const { locator, record, view } = found;
  const request = { history: view.locator };
  const after = page.cursor === undefined ? undefined : readCursor(page.cursor, request, position);
  const entries: LifecycleEntry[] = [];
  for await (const document of ctx.state.lifecycle(locator, after)) {
    entries.push(toEntry(document));
    if (entries.length > page.limit) break;
  }
  const last = entries.length > page.limit ? entries[page.limit - 1] : undefined;
  return {
    locator: view.locator,
    ...(!after && { recording: view, record_versions: await ctx.state.countRecordVersions(record) }),
    entries: entries.slice(0, page.limit),
    ...(last && { next_cursor: writeCursor(request, { recorded_at: last.recorded_at, tx_id: last.tx_id }) }),
  };
}

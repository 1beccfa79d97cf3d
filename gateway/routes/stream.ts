import type { Request, RequestHandler, Response } from 'express';
import { z } from 'zod';
import { AuditError, eventType, EVENTS_RECORDED, idPart } from '../../core/index.js';
import type { EventView, RecordedNotice } from '../../core/index.js';
import { requireAgent } from '../http/authenticate.js';
import { EventStream } from '../http/event-stream.js';
import { readQuery } from '../http/query.js';
import { backoffMs, delay } from '../delay.js';
import type { LedgerNotice, LedgerReader, NoticeStream } from '../ledger/audit-ledger.js';
import type { Services } from '../services.js';
import { recordedNotice } from './ledger.js';
import { toStoredEvent } from './stored-event.js';

export const streamQuery = z.strictObject({
  agent_id: idPart.optional(),
  session_id: idPart.optional(),
  event_type: eventType.optional(),
  /** For clients that cannot send the header. */
  last_event_id: z.string().optional(),
});

/** `<block>:<transaction id>:<n>`: the n-th event (from 0) that a transaction recorded. */
const POSITION = /^(\d{1,15}):([0-9a-f]{64}):(\d{1,6})$/;

const READ_ATTEMPTS = 8;

interface StreamPosition {
  block: number;
  txId: string;
  index: number;
}

/** `GET /v1/stream`: server-sent events of what commits; resumes behind `Last-Event-ID`. */
export function streamEvents({ ledger, limits, timeouts, metrics, closing }: Services): RequestHandler {
  let open = 0;
  return async (req, res) => {
    const query = readQuery(streamQuery, req);
    if (query.agent_id !== undefined) requireAgent(req.principal, query.agent_id);
    const last = readPosition(req.get('Last-Event-ID') ?? query.last_event_id);
    if (open >= limits.streams)
      throw new AuditError('OVERLOADED', `At most ${limits.streams} streams are open at once.`);
    metrics.streams.set(++open);
    const gone = AbortSignal.any([closing, closedSignal(res)]);
    try {
      // From the next block on: "from now on" would miss what commits while the peer gets ready.
      const notices = ledger.followNotices(last?.block ?? (await ledger.readChainInfo()).height);
      gone.addEventListener('abort', () => notices.close(), { once: true });
      const stream = new EventStream(res, timeouts);
      await stream.run(() => forward(notices, ledger, last, filterOf(query, req), stream), gone);
    } finally {
      metrics.streams.set(--open);
    }
  };
}

async function forward(
  notices: NoticeStream,
  ledger: LedgerReader,
  last: StreamPosition | undefined,
  matches: (view: EventView) => boolean,
  stream: EventStream,
): Promise<void> {
  let skipTo = last;
  for await (const notice of notices) {
    if (notice.name !== EVENTS_RECORDED) continue;
    if (skipTo && notice.blockNumber > skipTo.block) skipTo = undefined;
    if (skipTo && notice.txId !== skipTo.txId) continue;
    const seen = skipTo ? skipTo.index : -1;
    skipTo = undefined;
    for (const [index, view] of (await readRecorded(ledger, notice)).entries()) {
      if (index <= seen || !matches(view)) continue;
      await stream.send(`${notice.blockNumber}:${notice.txId}:${index}`, 'event', toStoredEvent(view));
    }
  }
}

async function readRecorded(ledger: LedgerReader, { payload }: LedgerNotice): Promise<EventView[]> {
  const views: EventView[] = [];
  for (const record of recordedNotice(payload).records) views.push(...(await readRecord(ledger, record)));
  return views;
}

/** The peer that answers may be another one than sent the notice, and a block behind it; or none answers for a while. */
async function readRecord(ledger: LedgerReader, record: RecordedNotice['records'][number]): Promise<EventView[]> {
  const { owner, agent_id, session_id, first_seq, count } = record;
  for (let attempt = 1; attempt <= READ_ATTEMPTS; attempt++) {
    const views = await ledger
      .readSession({ owner, agent_id, session_id }, { from_seq: first_seq, limit: count })
      .catch(noneYet);
    if (views.length === count) return views;
    await delay(backoffMs(attempt));
  }
  // The stream ends here; its reader comes back behind the last event that it has seen.
  throw new AuditError('LEDGER_UNAVAILABLE', 'The peer does not have the event yet.');
}

function noneYet(error: unknown): EventView[] {
  if (error instanceof AuditError && error.code === 'LEDGER_UNAVAILABLE') return [];
  throw error;
}

function filterOf(query: z.output<typeof streamQuery>, { principal }: Request): (view: EventView) => boolean {
  return ({ core }) =>
    principal.mayUseAgent(core.agent_id) &&
    (query.agent_id === undefined || core.agent_id === query.agent_id) &&
    (query.session_id === undefined || core.session_id === query.session_id) &&
    (query.event_type === undefined || core.event_type === query.event_type);
}

function readPosition(text: string | undefined): StreamPosition | undefined {
  if (text === undefined) return undefined;
  const [, block, txId, index] = POSITION.exec(text) ?? [];
  if (txId === undefined) throw new AuditError('INVALID_CURSOR', 'Last-Event-ID is not one of this stream.');
  return { block: Number(block), txId, index: Number(index) };
}

function closedSignal(res: Response): AbortSignal {
  const closed = new AbortController();
  res.once('close', () => closed.abort());
  return closed.signal;
}

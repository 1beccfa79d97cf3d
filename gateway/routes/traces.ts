import type { ErrorRequestHandler, Request, RequestHandler, Response } from 'express';
import { AuditError, ERRORS, LIMITS } from '../../core/index.js';
import type { JsonObject, JsonValue } from '../../core/index.js';
import {
  decodeProtobuf,
  encodeResponse,
  encodeStatus,
  inOrderOfTime,
  mapSpan,
  OTLP,
  readJson,
  readSpans,
} from '../../intake/index.js';
import { bodyText, requireType } from '../http/body.js';
import { setErrorHeaders, toFault } from '../http/problem.js';
import type { EventResult } from '../intake/entry.js';
import type { WritePath } from '../intake/write-path.js';
import type { Services } from '../services.js';

export const PROTOBUF = 'application/x-protobuf';
const JSON_TYPE = 'application/json';

/**
 * `POST /v1/traces`: OTLP over HTTP (opentelemetry.io/docs/specs/otlp), protobuf or JSON. Every span becomes an event;
 * the same span sent again changes nothing, so that a whole export may be tried again whatever became of it. What comes
 * with a token of one agent is that agent's.
 */
export function postTraces({ writePath }: Services): RequestHandler {
  return async (req, res) => {
    const spans = readSpans(readRequest(req));
    if (!spans) throw new AuditError('INVALID_REQUEST', 'The body is not an ExportTraceServiceRequest.');
    if (spans.length > LIMITS.spansPerRequest) {
      throw new AuditError('TOO_LARGE', `An export has at most ${LIMITS.spansPerRequest} spans.`);
    }
    const events = inOrderOfTime(spans.flatMap((span) => (span ? [mapSpan(span, OTLP, req.principal.onlyAgent)] : [])));
    const results = await record(events as unknown as JsonObject[], req, writePath);
    const undecided = results.find((result) => 'error' in result && ERRORS[result.error.code].retryable);
    if (undecided && 'error' in undecided) throw undecided.error;
    send(req, res, 200, toResponse(spans.length - events.length, results));
  };
}

function readRequest(req: Request): JsonValue {
  const type = requireType(req, [PROTOBUF, JSON_TYPE]);
  if (type === JSON_TYPE) return readJson(bodyText(req)).value;
  const bytes: unknown = req.body;
  return decodeProtobuf(Buffer.isBuffer(bytes) ? bytes : new Uint8Array());
}

async function record(events: JsonObject[], { principal }: Request, writePath: WritePath): Promise<EventResult[]> {
  const context = { subject: principal.subject, mayWrite: principal.mayUseAgent };
  const results: EventResult[] = [];
  for (let start = 0; start < events.length; start += LIMITS.eventsPerRequest) {
    const items = events.slice(start, start + LIMITS.eventsPerRequest).map((value) => ({ pointer: '', value }));
    results.push(...(await writePath.recordEvents(items, context)));
  }
  return results;
}

const REASONS_TOLD = 3;

function toResponse(invalidSpans: number, results: readonly EventResult[]): JsonObject {
  const reasons = results.flatMap((result) => ('error' in result ? [result.error.message] : []));
  const rejected = invalidSpans + reasons.length;
  if (rejected === 0) return {};
  const invalid = invalidSpans > 0 ? [`${invalidSpans} without a valid trace id, span id or form`] : [];
  const message = [...invalid, ...new Set(reasons)].slice(0, REASONS_TOLD).join('; ');
  return { partialSuccess: { rejectedSpans: String(rejected), errorMessage: message } };
}

/** What a client of OTLP may try again; any other status makes it drop the spans. */
const RETRYABLE_STATUSES: ReadonlySet<number> = new Set([429, 502, 503, 504]);

/** `google.rpc.Code` of an HTTP status. */
const RPC_CODES: Record<number, number | undefined> = {
  401: 16,
  403: 7,
  404: 5,
  409: 10,
  429: 8,
  500: 13,
  502: 14,
  503: 14,
  504: 4,
};
const INVALID_ARGUMENT = 3;

/** Refusals of an export as OTLP wants them: a `google.rpc.Status` in the request's own encoding. */
export const handleTraceErrors: ErrorRequestHandler = (error: unknown, req, res, next) => {
  if (req.method !== 'POST' || res.headersSent) {
    next(error);
    return;
  }
  const fault = toFault(error);
  if (fault.code === 'INTERNAL') req.logFault(error);
  const { status, retryable } = ERRORS[fault.code];
  setErrorHeaders(res, fault);
  const told = retryable && !RETRYABLE_STATUSES.has(status) ? 503 : status;
  send(req, res, told, { code: RPC_CODES[status] ?? INVALID_ARGUMENT, message: fault.message });
};

/** In the encoding that the client used; JSON where it is neither. */
function send(req: Request, res: Response, status: number, body: JsonObject): void {
  res.status(status);
  if (typeof req.is(PROTOBUF) !== 'string') res.json(body);
  else res.type(PROTOBUF).send(Buffer.from(status === 200 ? encodeResponse(body) : encodeStatus(body)));
}

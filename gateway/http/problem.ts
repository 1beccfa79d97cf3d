import type { ErrorRequestHandler, Request, Response } from 'express';
import { z } from 'zod';
import { AuditError, ERRORS } from '../../core/index.js';
import type { ErrorCode } from '../../core/index.js';

/** RFC 9457: what every refusal looks like, alone or in `results[]`. */
export const problem = z
  .strictObject({
    type: z.string().meta({ description: 'urn:agent-audit-ledger:error:<code>' }),
    title: z.string(),
    status: z.number().int(),
    detail: z.string(),
    code: z.enum(Object.keys(ERRORS) as [ErrorCode, ...ErrorCode[]]),
    errors: z.array(z.strictObject({ pointer: z.string(), detail: z.string() })).optional(),
    retryable: z.boolean().meta({ description: 'Whether the same request, unchanged, can succeed later.' }),
    outcome: z.literal('unknown').optional().meta({
      description: 'It was accepted and may be recorded: safe to repeat with the same id or idempotency key.',
    }),
    request_id: z.string().optional(),
  })
  .meta({ id: 'Problem' });
export type Problem = z.output<typeof problem>;

export function toProblem({ code, message, errors }: AuditError, requestId?: string): Problem {
  const { status, retryable, title } = ERRORS[code];
  return {
    type: `urn:agent-audit-ledger:error:${code}`,
    title,
    status,
    detail: message,
    code,
    ...(errors.length > 0 && { errors: [...errors] }),
    retryable,
    ...(code === 'OUTCOME_UNKNOWN' && { outcome: 'unknown' as const }),
    ...(requestId !== undefined && { request_id: requestId }),
  };
}

/** Seconds after which a client that was turned away may come back. */
const RETRY_AFTER_SECONDS = '1';

export function sendProblem(req: Request, res: Response, error: AuditError): void {
  const body = toProblem(error, req.requestId);
  setErrorHeaders(res, error);
  res.status(body.status).type('application/problem+json').send(JSON.stringify(body));
}

/** The headers of a refusal, whatever form its body has. */
export function setErrorHeaders(res: Response, { code }: AuditError): void {
  if (code === 'UNAUTHENTICATED') res.setHeader('WWW-Authenticate', 'Bearer');
  if (ERRORS[code].retryable && !res.hasHeader('Retry-After')) res.setHeader('Retry-After', RETRY_AFTER_SECONDS);
}

/** The one place where what was thrown becomes an answer; what is not a refusal is logged and kept to ourselves. */
export const handleErrors: ErrorRequestHandler = (error: unknown, req, res, next) => {
  const fault = toFault(error);
  if (fault.code === 'INTERNAL') req.logFault(error);
  if (res.headersSent) {
    next(error);
    return;
  }
  sendProblem(req, res, fault);
};

/** Faults of decompression have a status and no type. */
const bodyParserFault = z.object({
  type: z.string().default('entity.unreadable'),
  status: z.number().min(400).max(499),
});

/** A refusal of whatever was thrown. */
export function toFault(error: unknown): AuditError {
  if (error instanceof AuditError) return error;
  const parsed = bodyParserFault.safeParse(error);
  if (error instanceof URIError) return new AuditError('INVALID_ID', 'The path is not valid percent-encoded UTF-8.');
  if (!parsed.success) return new AuditError('INTERNAL', 'Something went wrong inside the gateway.');
  return BODY_FAULTS[parsed.data.type] ?? new AuditError('INVALID_REQUEST', 'The body could not be read.');
}

/** Faults of Express's body reader by their `type`. */
const BODY_FAULTS: Record<string, AuditError | undefined> = {
  'entity.too.large': new AuditError('TOO_LARGE', 'The body is larger than this gateway takes.'),
  'encoding.unsupported': new AuditError('UNSUPPORTED_MEDIA_TYPE', 'The content encoding is not supported.'),
  'charset.unsupported': new AuditError('UNSUPPORTED_MEDIA_TYPE', 'The character set is not supported: use UTF-8.'),
};

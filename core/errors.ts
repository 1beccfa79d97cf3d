/**
 * The one registry of error codes. Every refusal of the contract, the gateway and the importer carries one of them;
 * `docs/api.md` documents each (a test compares the two). `status` is the HTTP status a gateway answers with,
 * `retryable` says whether sending the same request again, unchanged, can succeed.
 */
export const ERRORS = {
  // What was sent is not what the interface takes.
  MALFORMED_JSON: { status: 400, retryable: false, title: 'The body is not valid JSON' },
  DUPLICATE_KEY: { status: 400, retryable: false, title: 'An object names the same key twice' },
  INEXACT_NUMBER: { status: 422, retryable: false, title: 'A number cannot be kept without changing it' },
  UNSAFE_KEY: { status: 422, retryable: false, title: 'An object key is reserved' },
  LONE_SURROGATE: { status: 422, retryable: false, title: 'A string is not well-formed Unicode' },
  TOO_DEEP: { status: 422, retryable: false, title: 'The value is nested too deeply' },
  TOO_LARGE: { status: 413, retryable: false, title: 'The request or a value in it is too large' },
  METHOD_NOT_ALLOWED: { status: 405, retryable: false, title: 'The path does not take this method' },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, retryable: false, title: 'The content type is not supported' },
  INVALID_EVENT: { status: 422, retryable: false, title: 'The event does not fit the schema' },
  INVALID_REQUEST: { status: 400, retryable: false, title: 'The request does not fit the interface' },
  INVALID_ID: { status: 400, retryable: false, title: 'The identifier is not well-formed' },
  INVALID_QUERY: { status: 400, retryable: false, title: 'The query is not supported' },
  UNINDEXED_SORT: { status: 400, retryable: false, title: 'There is no index for this order' },
  INVALID_CURSOR: { status: 400, retryable: false, title: 'The cursor is not one of this query' },
  TIME_IN_FUTURE: { status: 422, retryable: false, title: 'The event is stamped later than now' },

  // What was sent contradicts the ledger.
  ID_CONFLICT: { status: 409, retryable: false, title: 'The id is in use by an event with other content' },
  IDEMPOTENCY_CONFLICT: { status: 409, retryable: false, title: 'The idempotency key was used with other content' },
  HASH_MISMATCH: { status: 422, retryable: false, title: 'The hash is not that of the event' },
  COMMITMENT_MISMATCH: { status: 422, retryable: false, title: 'A commitment does not open to its value' },
  CHAIN_BROKEN: { status: 409, retryable: false, title: "The event does not continue its session's chain" },
  NOT_OWNER: { status: 403, retryable: false, title: 'The session or event belongs to another organization' },
  SIGNATURE_INVALID: { status: 422, retryable: false, title: "A signature is not that of the agent's key" },
  SIGNATURE_REQUIRED: {
    status: 422,
    retryable: false,
    title: 'The agent signs its events, and this one is not signed',
  },
  KEY_UNKNOWN: { status: 422, retryable: false, title: 'The agent has no such key' },
  KEY_REVOKED: { status: 422, retryable: false, title: 'The key is revoked' },
  KEY_CONFLICT: { status: 409, retryable: false, title: 'The key is registered already, and otherwise' },
  KEY_UNAUTHORIZED: {
    status: 403,
    retryable: false,
    title: 'None of the keys that the agent has signed for the new one',
  },
  GROUP_NOT_RECORDED: { status: 409, retryable: true, title: 'Another event of the same request was refused' },
  NOT_FOUND: { status: 404, retryable: false, title: 'There is nothing by that name' },
  AMBIGUOUS_ID: { status: 409, retryable: false, title: 'More than one thing goes by that name' },

  // Who asks.
  UNAUTHENTICATED: { status: 401, retryable: false, title: 'A valid bearer token is needed' },
  FORBIDDEN: { status: 403, retryable: false, title: 'The token does not allow this' },

  // What the network says.
  QUERY_UNSUPPORTED: { status: 501, retryable: false, title: "The peer's state database has no rich queries" },
  QUERY_TOO_BROAD: { status: 400, retryable: false, title: 'The query reads more records than one answer may' },
  TOO_MANY_REQUESTS: { status: 429, retryable: true, title: 'Too many requests' },
  OVERLOADED: { status: 429, retryable: true, title: 'The gateway has more work than it can take' },
  LEDGER_UNAVAILABLE: { status: 503, retryable: true, title: 'The ledger cannot be reached' },
  ENDORSEMENT_FAILED: { status: 502, retryable: true, title: 'The organizations did not endorse the transaction' },
  OUTCOME_UNKNOWN: { status: 504, retryable: true, title: 'Whether it was recorded is not known yet' },
  SHUTTING_DOWN: { status: 503, retryable: true, title: 'The gateway is shutting down' },
  INTERNAL: { status: 500, retryable: true, title: 'Something went wrong inside' },
} as const satisfies Record<string, { status: number; retryable: boolean; title: string }>;

export type ErrorCode = keyof typeof ERRORS;

/** One place in the input (an RFC 6901 pointer, `''` is the whole) and what is wrong there. */
export interface ErrorAt {
  pointer: string;
  detail: string;
}

/** A fault as it travels as JSON: in a contract's error message, in `results[]`, in a problem document. */
export interface Fault {
  code: ErrorCode;
  detail: string;
  errors?: ErrorAt[];
}

/** The one error class for refusals; anything else that is thrown is a bug or a failing machine. */
export class AuditError extends Error {
  override readonly name = 'AuditError';

  constructor(
    readonly code: ErrorCode,
    detail: string,
    readonly errors: readonly ErrorAt[] = [],
  ) {
    super(detail);
  }

  /** A refusal of one place in the input. */
  static at(pointer: string, code: ErrorCode, detail: string): AuditError {
    return new AuditError(code, detail, [{ pointer, detail }]);
  }

  toFault(): Fault {
    return { code: this.code, detail: this.message, ...(this.errors.length > 0 && { errors: [...this.errors] }) };
  }

  static fromFault(fault: Fault): AuditError {
    return new AuditError(fault.code, fault.detail, fault.errors);
  }
}

export function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && Object.hasOwn(ERRORS, code);
}

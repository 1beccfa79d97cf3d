/** Every limit of the event model, in one place. Bytes are UTF-8 bytes of the canonical form. */
export const LIMITS = {
  /** Nesting of arrays and objects in anything that is posted. */
  depth: 64,
  /** Nesting of what gateways and contract exchange: posted values with what wraps them. */
  envelopeDepth: 80,
  /** `agent_id`, `session_id`: they become parts of ledger keys. */
  idPartBytes: 128,
  /** Other short strings (names, versions, reasons). */
  nameLength: 256,
  labels: 16,
  links: 32,
  /** Core and committed values of one event together. */
  eventBytes: 1_048_576,
  eventsPerRecord: 500,
  /** All events of one record, payload included: a document stays below CouchDB's limit however Fabric escapes it. */
  recordBytes: 1_048_576,
  /**
   * Records of one transaction share a private document while they have no more events than this, and no more bytes with
   * their payloads; a larger one has a document of its own.
   */
  eventsPerPayload: 16,
  payloadBytes: 32_768,
  /** The batch of one recording transaction, as JSON: below what orderers and peers take by default. */
  batchBytes: 8 * 1_048_576,
  eventsPerRequest: 1000,
  /** Spans of one OTLP export; OpenTelemetry's exporters send 512 at a time, its Collector 8,192. */
  spansPerRequest: 10_000,
  requestBytes: 4 * 1_048_576,
  eventsPerPage: 1000,
  /** Keys of one agent that are registered and not revoked. */
  keysPerAgent: 16,
  /** What was said of one event, in one piece of evidence. */
  entriesPerProof: 16,
  /** The same of the events of one answer about a session. */
  entriesPerPage: 256,
  /** Records of one answer about a session, and the bytes of their events; the first record whatever its size. */
  recordsPerProof: 100,
  proofBytes: 524_288,
  /** Agent's keys that signed the events of one such answer. */
  keysPerProof: 500,
  /** Answers about one session in one piece of evidence. */
  answersPerEvidence: 100,
  /** A file of evidence: an event with its payload, and what is signed; or that there is no event. */
  evidenceBytes: 4 * 1_048_576,
  /** The same with the event's whole block, which orderers keep below 10 MB, as base64; of a session or a query. */
  fullEvidenceBytes: 32 * 1_048_576,
  /** Blocks from an event's own to the checkpoint, in one piece of evidence. */
  headersPerProof: 10_000,
  /** One checkpoint: what is signed, and the certificates of all who signed. */
  checkpointBytes: 128 * 1024,
  /** Checkpoints that a gateway hands out, or takes, at once. */
  checkpointsPerPage: 200,
  /** Events of one answer of the contract: below what gRPC messages take. */
  pageBytes: 16 * 1_048_576,
  /** Records that one query may read before it answers with what it has and a cursor. */
  recordsPerQuery: 5000,
  /** A Mango selector: nesting, tests, values in one list, characters in one regular expression. */
  selectorDepth: 16,
  selectorTests: 100,
  selectorList: 1000,
  selectorPattern: 256,
  /** From first to last `timestamp` in one record, in milliseconds: bounds what a time range has to read. */
  recordSpanMs: 60_000,
  /** How far `timestamp` may lie after the transaction's own time, in milliseconds: Fabric's own window. */
  futureToleranceMs: 15 * 60_000,
} as const;

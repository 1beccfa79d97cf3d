/** The public surface of the core. It is pure: no input or output, nothing of Node's own, so it runs in a browser. */
export { AuditError, ERRORS, isErrorCode } from './errors.js';
export type { ErrorAt, ErrorCode, Fault } from './errors.js';
export { LIMITS } from './limits.js';
export { sha256Hex } from './sha256.js';
export { utf8Bytes, utf8Length } from './text.js';
export { isTimestamp, normalizeTimestamp, timestampFromMs, timestampFromSeconds, timestampMs } from './time.js';

export type { JsonObject, JsonValue } from './json/value.js';
export { canonicalize, WrittenJson } from './json/canonical.js';
export type { JsonWriter, WritableJson } from './json/canonical.js';
export { CanonicalMembers } from './json/canonical-members.js';
export { parseJson, parseJsonLines } from './json/parse.js';
export type { ParsedLine } from './json/parse.js';
export { escapePointer, formatPointer } from './json/pointer.js';

export {
  COMMITTED_FIELDS,
  commitment,
  EVENT_TYPES,
  eventCore,
  eventRef,
  eventType,
  exampleEvent,
  idPart,
  opening,
  openings,
  ownEventId,
  phase,
  postedEvent,
  sealedEvent,
  status,
  timestamp,
} from './event/schema.js';
export type {
  Commitment,
  CommittedField,
  EventCore,
  Opening,
  Openings,
  PostedEvent,
  PostedEventInput,
  SealedEvent,
} from './event/schema.js';
export {
  CHAIN_START,
  commit,
  hashCore,
  hashCoreText,
  sealEvent,
  writeSeal,
  writeSealed,
  writeValues,
} from './event/seal.js';
export type { Place, WrittenSeal, WrittenValues } from './event/seal.js';
export { hashedMembers } from './event/hashed-members.js';
export { verifyOpenings, verifyPresentOpenings } from './event/open.js';
export type { WrittenOpenings } from './event/open.js';
export { restorePosted } from './event/restore.js';
export { verifyChain, verifyLink } from './event/chain.js';
export type { ChainedEvent, ChainLink } from './event/chain.js';
export { compareContent } from './event/same-content.js';
export type { ContentComparison } from './event/same-content.js';

export { decodeIdPart, encodeIdPart } from './ids/encode.js';
export { formatLocator, formatOwnId, formatSession, parseEventRef, parseSession } from './ids/locator.js';
export type { EventRef, Locator, SessionRef } from './ids/locator.js';
export { aliasKey, eventKey, findPayload, headKey, payloadKey, recordKey, recordsEnd } from './ids/ledger-keys.js';
export type { PayloadPlace, PayloadSource } from './ids/ledger-keys.js';
export { agentKeyKey, formatAgent, revocationKey } from './ids/agent-key-key.js';
export type { AgentRef } from './ids/agent-key-key.js';

export { agentKey, keyRegistration, keyRevocation } from './keys/agent-key.js';
export type { AgentKey, KeyRegistration, KeyRevocation } from './keys/agent-key.js';
export { keyId, keyIdOf, publicKey } from './keys/public-key.js';
export type { PublicKey } from './keys/public-key.js';
export { agentSignature, eventMessage, isSignedBy, registrationMessage } from './keys/signature.js';
export type { AgentSignature, KeyStatement } from './keys/signature.js';
export { signEvent, signRegistration } from './keys/signer.js';
export type { Signer } from './keys/signer.js';
export { SigningSession } from './keys/signing-session.js';
export type { ChainTip } from './keys/signing-session.js';
export { VerifiedSignatures } from './keys/verified-signatures.js';
export type { SignatureClaim } from './keys/verified-signatures.js';

export { decodeBase64, decodeBase64Url, encodeBase64, encodeBase64Url } from './evidence/base64.js';
export { blockProof } from './evidence/block.js';
export type { BlockProof } from './evidence/block.js';
export { checkpoint, CHECKPOINT_FORMAT, CHECKPOINT_VERSION } from './evidence/checkpoint.js';
export type { Checkpoint, CheckpointFile } from './evidence/checkpoint.js';
export { DEMO_EXTENSION, DEMO_WORDS } from './evidence/demo-marks.js';
export type {
  AbsenceAnswer,
  ChainInfoAnswer,
  EventAnswer,
  QueryAnswer,
  RecordedEvents,
  SessionAnswer,
} from './evidence/answers.js';
export {
  absenceEvidence,
  eventEvidence,
  evidence,
  EVIDENCE_FORMAT,
  EVIDENCE_VERSION,
  queryEvidence,
  sessionEvidence,
} from './evidence/format.js';
export type {
  AbsenceEvidence,
  EventEvidence,
  EventEvidenceFile,
  Evidence,
  EvidenceFile,
  QueryEvidence,
  SessionEvidence,
  SignedAnswer,
  SignedAnswerFile,
} from './evidence/format.js';

export { compareCodeUnits, compareJson } from './mango/collate.js';
export type { CompareText } from './mango/collate.js';
export type { Combination, Condition, ElementOperator, ElementTest, Test, TestOperator } from './mango/condition.js';
export { formatFieldPath, parseFieldPath } from './mango/field-path.js';
export { compileCondition, fieldAt, matchesSelector } from './mango/match.js';
export type { Predicate } from './mango/match.js';
export { parseSelector } from './mango/selector.js';
export { checkSelector, eventFilter, matchesEvent, selectableEvent } from './mango/event-fields.js';
export { recordSelector } from './mango/record-selector.js';
export { requiredText } from './mango/required-text.js';

export {
  CHAINCODE,
  CHANNEL,
  EVENT_ATTESTED,
  EVENTS_RECORDED,
  PAYLOAD_COLLECTION,
  TRANSACTIONS,
  TRANSIENT_BATCH,
} from './contract/names.js';
export { agentRef, registerKeyRequest, revokeKeyRequest } from './contract/keys.js';
export type { AgentKeysPage, RegisterKeyRequest, RevokeKeyRequest } from './contract/keys.js';
export { blockRange } from './contract/blocks.js';
export type { BlockAttestation, BlockRange } from './contract/blocks.js';
export { attestation, outcomeOf, recordBatch, recordGroup, recordOptions, submission } from './contract/recording.js';
export type {
  Attestation,
  AttestedNotice,
  GroupOutcome,
  Outcome,
  RecordAnswer,
  RecordBatch,
  RecordedNotice,
  RecordGroup,
  RecordOptions,
  Submission,
} from './contract/recording.js';
export {
  challengeText,
  eventQuery,
  pageRequest,
  resolvedEventQuery,
  seqRange,
  sessionQuery,
  sessionRef,
} from './contract/queries.js';
export type {
  EventQuery,
  EventQueryPage,
  PageRequest,
  SeqRange,
  SessionQuery,
  SessionQueryPage,
} from './contract/queries.js';
export type {
  AbsenceProof,
  ContractInfo,
  EventProof,
  EventView,
  Head,
  HistoryPage,
  LifecycleEntry,
  LifecycleKind,
  QueryProof,
  Recorder,
  RecordProof,
  SessionEntry,
  SessionProof,
} from './contract/views.js';

/** Names that the contract, the gateways and the networks agree on. */
export const CHANNEL = 'audit';
export const CHAINCODE = 'audit';
export const PAYLOAD_COLLECTION = 'eventPayloads';
/** Key of the transient map under which `RecordEvents` takes its batch. */
export const TRANSIENT_BATCH = 'batch';
/** The one chaincode event of a recording transaction; its payload is a `RecordedNotice`. */
export const EVENTS_RECORDED = 'EventsRecorded';
/** The one chaincode event of an attestation; its payload is an `AttestedNotice`. */
export const EVENT_ATTESTED = 'EventAttested';

/** The contract's transactions. Every parameter and every answer is a string of JSON, unless it says otherwise. */
export const TRANSACTIONS = {
  /** (options: RecordOptions), transient `batch`: RecordBatch → RecordAnswer */
  recordEvents: 'RecordEvents',
  /** (eventRef, attestation: Attestation) → LifecycleEntry */
  attestEvent: 'AttestEvent',
  /** (range: BlockRange) → BlockAttestation */
  attestBlocks: 'AttestBlocks',
  /** (eventRef) → EventView | null */
  readEvent: 'ReadEvent',
  /** (eventRef) → Openings | null; null where the payload is gone or was never there */
  readPayload: 'ReadPayload',
  /** (eventRef, page: PageRequest) → HistoryPage | null */
  readHistory: 'ReadHistory',
  /** (eventRef, challenge) → EventProof | null; made to be endorsed, not submitted */
  proveEvent: 'ProveEvent',
  /** (session: owner~agent~session, from_seq: number, challenge) → SessionProof | null; made like `proveEvent` */
  proveSession: 'ProveSession',
  /** (eventRef with its owner, challenge) → AbsenceProof | null; null where there is such an event */
  proveAbsence: 'ProveAbsence',
  /** (query: EventQuery, challenge) → QueryProof */
  proveQuery: 'ProveQuery',
  /** (sessions: SessionRef[]) → (Head | null)[] */
  readHeads: 'ReadHeads',
  /** (session: SessionRef, range: SeqRange) → EventView[] */
  readSession: 'ReadSession',
  /** (query: EventQuery) → EventQueryPage */
  queryEvents: 'QueryEvents',
  /** (query: SessionQuery) → SessionQueryPage */
  querySessions: 'QuerySessions',
  /** (request: RegisterKeyRequest) → AgentKey */
  registerKey: 'RegisterKey',
  /** (request: RevokeKeyRequest) → AgentKey */
  revokeKey: 'RevokeKey',
  /** (agent: AgentRef, page: PageRequest) → AgentKeysPage */
  readKeys: 'ReadKeys',
  /** () → BlockAttestation[]: the last of each organization */
  readBlockAttestations: 'ReadBlockAttestations',
  /** () → ContractInfo */
  readContractInfo: 'ReadContractInfo',
} as const;

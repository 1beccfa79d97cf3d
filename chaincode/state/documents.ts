import { formatLocator } from '../../core/index.js';
import type {
  AgentKey,
  AgentRef,
  AgentSignature,
  BlockAttestation,
  EventCore,
  EventView,
  Head,
  LifecycleEntry,
  Locator,
  Openings,
  PayloadPlace,
  Recorder,
  SessionRef,
  WrittenJson,
  WrittenOpenings,
} from '../../core/index.js';

/** The documents of the ledger's state. `doc_type` and `v` let a reader accept every older version. */

export interface StoredEvent {
  hash: string;
  core: EventCore;
  signature?: AgentSignature;
  submitted_by?: string;
}

/**
 * Consecutive events of one session, written once. What stands beside `events` is what rich queries find records by;
 * times are in the sortable form of core/time.
 */
export interface RecordDocument extends SessionRef {
  doc_type: 'record';
  v: 1;
  first_seq: number;
  last_seq: number;
  count: number;
  /** Least and greatest `timestamp` of the events. */
  from: string;
  to: string;
  recorded_at: string;
  recorded_by: Recorder;
  tx_id: string;
  event_types: string[];
  tools: string[];
  /** Whether the private collection got the openings of this record's events. */
  payload: 'collection' | 'none';
  /** Where they are. Without it, and with a payload: in a document of the record's own. */
  payload_at?: PayloadPlace;
  events: StoredEvent[];
}

/** A record that is to be written, with the cores as they were written to be checked. */
export interface NewRecord extends Omit<RecordDocument, 'events'> {
  events: (Omit<StoredEvent, 'core'> & { core: WrittenJson })[];
}

/** The end of a session's chain: read and written with every record, so that MVCC keeps records from colliding. */
export interface HeadDocument extends Head {
  doc_type: 'head';
  v: 1;
}

/** Where the event with a caller's own id is. */
export interface AliasDocument extends Locator {
  doc_type: 'alias';
  v: 1;
}

export interface LifecycleDocument extends LifecycleEntry {
  doc_type: 'lifecycle';
  v: 1;
}

/** What holds for an agent's events now: read with every event of the agent, so that MVCC holds it as of the commit. */
export interface AgentDocument extends AgentRef {
  doc_type: 'agent';
  v: 1;
  /** Whether events without a signature are refused: true for good once a key was registered so. */
  required: boolean;
  /** Ids of the keys that are not revoked. */
  active_keys: string[];
}

/** A key of an agent, written once. */
export interface AgentKeyDocument extends Omit<AgentKey, 'revoked'> {
  doc_type: 'agent_key';
  v: 1;
}

/** The end of a key, written once. */
export interface KeyRevocationDocument {
  doc_type: 'key_revocation';
  v: 1;
  revoked: KeyRevoked;
}

export type KeyRevoked = NonNullable<AgentKey['revoked']>;

/** The last range of blocks that an organization attested; replaced by the next one. */
export interface BlockAttestationDocument extends BlockAttestation {
  doc_type: 'block_attestation';
  v: 1;
}

/** In the private collection: what opens the commitments of the events of one or more records, in their order. */
export interface PayloadDocument {
  doc_type: 'payload';
  v: 1;
  events: Openings[];
}

/** A payload that is to be written, with the values as they were written to be checked. */
export interface NewPayload extends Omit<PayloadDocument, 'events'> {
  events: WrittenOpenings[];
}

export type StateDocument =
  | RecordDocument
  | HeadDocument
  | AliasDocument
  | LifecycleDocument
  | AgentDocument
  | AgentKeyDocument
  | KeyRevocationDocument
  | BlockAttestationDocument
  | PayloadDocument;
export type DocumentType = StateDocument['doc_type'];
export type DocumentOf<Type extends DocumentType> = Extract<StateDocument, { doc_type: Type }>;

/** Events of a record as the contract answers them. */
export function viewEvents(record: RecordDocument): EventView[] {
  return record.events.map((event) => viewEvent(record, event));
}

/** The event at `seq`, if the record holds it. */
export function viewEventAt(record: RecordDocument, seq: number): EventView | undefined {
  const event = record.events[seq - record.first_seq];
  return event && viewEvent(record, event);
}

function viewEvent(record: RecordDocument, event: StoredEvent): EventView {
  return {
    locator: formatLocator(event.core),
    ...event,
    recorded_at: record.recorded_at,
    recorded_by: record.recorded_by,
    tx_id: record.tx_id,
    payload: record.payload,
  };
}

/** A head as the contract answers it. */
export function toHead({ doc_type: _docType, v: _version, ...head }: HeadDocument): Head {
  return head;
}

/** A registered key as the contract answers it. */
export function toAgentKey({ doc_type: _docType, v: _version, ...key }: AgentKeyDocument): AgentKey {
  return key;
}

/** A lifecycle document as the contract answers it. */
export function toEntry({ doc_type: _docType, v: _version, ...entry }: LifecycleDocument): LifecycleEntry {
  return entry;
}

import type { EventCore } from '../event/schema.js';
import type { SessionRef } from '../ids/locator.js';
import type { AgentKey } from '../keys/agent-key.js';
import type { AgentSignature } from '../keys/signature.js';
import type { EventQuery } from './queries.js';

/** What the contract's reading transactions answer. */

/** Who submitted a transaction, from its creator: never an argument. */
export interface Recorder {
  msp_id: string;
  certificate_sha256: string;
}

/** One event as it stands on the ledger. */
export interface EventView {
  locator: string;
  hash: string;
  core: EventCore;
  /** By one of the agent's keys, over the hash; the contract has checked it. */
  signature?: AgentSignature;
  /** Subject of the token that posted it, as its gateway said. */
  submitted_by?: string;
  recorded_at: string;
  recorded_by: Recorder;
  tx_id: string;
  payload: 'collection' | 'none';
}

export type LifecycleKind = 'confirmed' | 'disputed' | 'reviewed';

/** Something that happened to an event after it was recorded; a ledger key of its own. */
export interface LifecycleEntry {
  kind: LifecycleKind;
  recorded_at: string;
  recorded_by: Recorder;
  tx_id: string;
  reason?: string | undefined;
  evidence_sha256?: string | undefined;
  submitted_by?: string | undefined;
}

/** The history of an event id, oldest first: its recording, then what happened to it. */
export interface HistoryPage {
  locator: string;
  /** On the first page: the recording. */
  recording?: EventView;
  entries: LifecycleEntry[];
  /** What the peer's own history index says of the record's key: `versions` is 1 unless something is wrong. */
  record_versions?: number;
  next_cursor?: string;
}

/** One event alone, without the other events of its record: what several organizations' peers sign. */
export interface EventProof {
  /** The asker's own: it ties the answer to the question. */
  challenge: string;
  event: EventView;
  /** Where the record that holds the event starts: with the event's session, the record's key. */
  record_first_seq: number;
  /** The key that signed the event, if one did. */
  agent_key?: AgentKey;
  /** What was said of the event, oldest first; `entries_complete` where that is all. */
  entries: LifecycleEntry[];
  entries_complete: boolean;
}

/** A record as it stands on the ledger, its events without what they have in common. */
export interface RecordProof {
  first_seq: number;
  recorded_at: string;
  recorded_by: Recorder;
  tx_id: string;
  payload: 'collection' | 'none';
  events: { hash: string; core: EventCore; signature?: AgentSignature; submitted_by?: string }[];
}

/** What was said of the event `seq` of a session. */
export interface SessionEntry extends LifecycleEntry {
  seq: number;
}

/** Records of a session that follow one another, and where its chain ends. */
export interface SessionProof {
  challenge: string;
  /** `owner~agent~session` */
  session: string;
  /** `first_seq` of the first record. */
  from_seq: number;
  records: RecordProof[];
  /** The chain's end, behind which there is no record. Where the last event is another one, a next answer goes on. */
  head: Head;
  /** The keys that signed events of these records, if any did, in the order of their first events. */
  agent_keys?: AgentKey[];
  /** What was said of these events, by event, oldest first; `entries_complete` where that is all. */
  entries: SessionEntry[];
  entries_complete: boolean;
}

/** That nothing goes by an id. */
export interface AbsenceProof {
  challenge: string;
  /** A locator, or `owner~own id`. */
  reference: string;
  /** For a locator: where its session ends, before that place; null for a session without events. */
  head?: Head | null;
}

/** The events that a rich query found, in its order: which they are, not what they say. */
export interface QueryProof {
  challenge: string;
  query: EventQuery;
  hits: { locator: string; hash: string; record_first_seq: number }[];
  /** Absent where these are all, as the peers say. */
  next_cursor?: string;
}

/** The end of a session's chain. */
export interface Head extends SessionRef {
  seq: number;
  hash: string;
  /** Whether the last event is not a `session_end`. */
  open: boolean;
  /** Sortable forms: least and greatest `timestamp`, and the transaction times of the first and last record. */
  from: string;
  to: string;
  first_recorded_at: string;
  last_recorded_at: string;
}

export interface ContractInfo {
  name: string;
  version: string;
  schema_version: 1;
  limits: Record<string, number>;
}

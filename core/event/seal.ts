import { hexToBytes } from '@noble/hashes/utils.js';
import { canonicalize } from '../json/canonical.js';
import type { JsonValue } from '../json/value.js';
import { sha256Hex } from '../sha256.js';
import { utf8Length } from '../text.js';
import { COMMITTED_FIELDS } from './schema.js';
import type { Commitment, CommittedField, EventCore, Opening, Openings, PostedEvent, SealedEvent } from './schema.js';

/** Domain tags carry the schema's version: no hash of one kind or version can pass for another. */
const EVENT_TAG = 'agent-audit-ledger/event/v1\n';
const COMMITMENT_TAG = 'agent-audit-ledger/commitment/v1\n';

/** `prev_hash` of a session's first event. */
export const CHAIN_START = '0'.repeat(64);

/** Where an event stands in its session's chain. `seq` counts from 1. */
export interface Place {
  owner: string;
  seq: number;
  prevHash: string;
}

/**
 * Splits a posted event into its public core and the salted openings of its committed values, and hashes the core.
 * @param newSalt 16 random bytes in hex, a fresh one at each call.
 */
export function sealEvent(posted: PostedEvent, place: Place, newSalt: () => string): SealedEvent {
  const { values, publicPart } = splitCommitted(posted);
  const openings: Openings = {};
  const commitments: EventCore['commitments'] = {};
  for (const field of COMMITTED_FIELDS) {
    const value = values[field];
    if (value === undefined) continue;
    const opening = { salt: newSalt(), value };
    openings[field] = opening;
    commitments[field] = commit(opening);
  }
  const core: EventCore = {
    schema_version: 1,
    owner: place.owner,
    seq: place.seq,
    prev_hash: place.prevHash,
    commitments,
    // Last, because members behind those of an object are defined one by one, slower than all the hashing here.
    ...publicPart,
  };
  return { core, hash: hashCore(core), openings };
}

/** SHA-256 over the event's domain tag and the canonical JSON of the whole core, in hex. */
export function hashCore(core: object): string {
  return hashCoreText(canonicalize(core as JsonValue));
}

/** The same of a core whose canonical JSON is at hand. */
export function hashCoreText(canonicalCore: string): string {
  return sha256Hex(EVENT_TAG, canonicalCore);
}

/** SHA-256 over the commitment's domain tag, the salt's bytes and the value's canonical JSON, with that JSON's size. */
export function commit({ salt, value }: Opening): Commitment {
  return commitText(salt, canonicalize(value));
}

/** The same of a value whose canonical JSON is at hand. */
export function commitText(salt: string, canonicalValue: string): Commitment {
  return {
    sha256: sha256Hex(COMMITMENT_TAG, hexToBytes(salt), canonicalValue),
    size_bytes: utf8Length(canonicalValue),
  };
}

/** Committed values of a posted event by the field that each is committed under, and everything else. */
function splitCommitted(posted: PostedEvent) {
  const { context, error, input, logprobs, metadata, output, reasoning_chain, ...rest } = posted;
  const message = error?.message;
  const values: Record<CommittedField, JsonValue | undefined> = {
    context,
    'error.message': message,
    input,
    logprobs,
    metadata,
    output,
    reasoning_chain,
  };
  return { values, publicPart: { ...rest, ...(error && { error: { type: error.type } }) } };
}

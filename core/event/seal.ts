import { hexToBytes } from '@noble/hashes/utils.js';
import { canonicalize, WrittenJson } from '../json/canonical.js';
import type { JsonValue } from '../json/value.js';
import { LIMITS } from '../limits.js';
import { sha256Hex } from '../sha256.js';
import { utf8Length } from '../text.js';
import type { WrittenOpenings } from './open.js';
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

/** Canonical JSON of an event's committed values: written once, for its size, its commitments and its openings. */
export type WrittenValues = Partial<Record<CommittedField, WrittenJson>>;

/** A sealed event as text: its canonical JSON, and what is needed of it to go on. */
export interface WrittenSeal {
  core: EventCore;
  hash: string;
  text: string;
}

/**
 * Splits a posted event into its public core and the salted openings of its committed values, and hashes the core.
 * @param newSalt 16 random bytes in hex, a fresh one at each call.
 */
export function sealEvent(posted: PostedEvent, place: Place, newSalt: () => string): SealedEvent {
  const { values, publicPart } = splitCommitted(posted);
  const { core, written } = placeEvent(publicPart, writeEach(values), place, newSalt);
  const openings: Openings = {};
  for (const field of COMMITTED_FIELDS) {
    const [opening, value] = [written[field], values[field]];
    if (opening && value !== undefined) openings[field] = { salt: opening.salt, value };
  }
  return { core, hash: hashCore(core), openings };
}

/**
 * The committed values in writing, before the event has its place.
 * @returns also the bytes of canonical JSON that the event's members have.
 * @throws {AuditError} as `canonicalize`
 */
export function writeValues(posted: PostedEvent): { values: WrittenValues; bytes: number } {
  const { values, publicPart } = splitCommitted(posted);
  const written = writeEach(values);
  let bytes = utf8Length(canonicalize(publicPart as JsonValue));
  for (const { text } of Object.values(written)) bytes += utf8Length(text);
  return { values: written, bytes };
}

function writeEach(values: CommittedValues): WrittenValues {
  const written: WrittenValues = {};
  for (const field of COMMITTED_FIELDS) {
    const value = values[field];
    if (value !== undefined) written[field] = WrittenJson.of(value, LIMITS.depth, field.split('.'));
  }
  return written;
}

/** The same as `sealEvent` in writing: what is hashed is written once. @param values of `writeValues` */
export function writeSeal(
  posted: PostedEvent,
  values: WrittenValues,
  place: Place,
  newSalt: () => string,
): WrittenSeal {
  const { core, written } = placeEvent(splitCommitted(posted).publicPart, values, place, newSalt);
  const coreText = WrittenJson.of(core as JsonValue);
  const hash = hashCoreText(coreText.text);
  return { core, hash, text: canonicalize({ core: coreText, hash, openings: written }) };
}

/** An event that is sealed already, in writing. @throws {AuditError} as `canonicalize` */
export function writeSealed(sealed: SealedEvent, maxDepth: number = LIMITS.envelopeDepth): WrittenSeal {
  const { core, hash } = sealed;
  return { core, hash, text: canonicalize(sealed as JsonValue, maxDepth) };
}

/** The core at its place, and the openings of its committed values. */
function placeEvent(publicPart: PublicPart, values: WrittenValues, place: Place, newSalt: () => string) {
  const written: WrittenOpenings = {};
  const commitments: EventCore['commitments'] = {};
  for (const field of COMMITTED_FIELDS) {
    const value = values[field];
    if (value === undefined) continue;
    const salt = newSalt();
    written[field] = { salt, value };
    commitments[field] = commitText(salt, value.text);
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
  return { core, written };
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

type CommittedValues = Record<CommittedField, JsonValue | undefined>;
type PublicPart = ReturnType<typeof splitCommitted>['publicPart'];

/** Committed values of a posted event by the field that each is committed under, and everything else. */
function splitCommitted(posted: PostedEvent) {
  const { context, error, input, logprobs, metadata, output, reasoning_chain, ...rest } = posted;
  const message = error?.message;
  const values: CommittedValues = {
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

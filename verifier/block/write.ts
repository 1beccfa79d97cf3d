import { AuditError, canonicalize, LIMITS, parseJson, recordKey } from '../../core/index.js';
import type { EventAnswer, JsonValue } from '../../core/index.js';
import { check } from '../faults.js';
import { decodeText, Message } from '../wire/message.js';

interface Write {
  namespace: string;
  key: string;
  value: string;
}

/**
 * That a transaction's public write set has the event's record, and in it the event.
 * @param responsePayload ProposalResponsePayload.
 * @throws {EvidenceFault} MALFORMED_MESSAGE, WRITE_MISMATCH
 */
export function checkWrite(responsePayload: Uint8Array, proof: EventAnswer, chaincode: string, at: string): void {
  const { event, record_first_seq: firstSeq } = proof;
  const key = recordKey(event.core, firstSeq);
  const write = readWrites(responsePayload, at).find((one) => one.namespace === chaincode && one.key === key);
  check(write !== undefined, 'WRITE_MISMATCH', at, `it does not write ${key}`);
  const record = parseRecord(write.value);
  const { core, hash, signature, submitted_by, recorded_at, recorded_by, tx_id, payload } = event;
  const written = {
    event: record?.events[core.seq - firstSeq],
    stamp: [record?.recorded_at, record?.recorded_by, record?.tx_id, record?.payload],
  };
  const expected = {
    event: { core, hash, signature, submitted_by },
    stamp: [recorded_at, recorded_by, tx_id, payload],
  };
  check(isSame(written, expected), 'WRITE_MISMATCH', at, `${key} has another event at ${core.seq}`);
}

/** How many events' cores a transaction's writes show; none where the bytes are no such transaction. */
export function countEvents(responsePayload: Uint8Array, at: string): number {
  return readWrites(responsePayload, at).reduce((sum, { value }) => sum + (parseRecord(value)?.events.length ?? 0), 0);
}

function readWrites(responsePayload: Uint8Array, at: string): Write[] {
  const response = new Message(responsePayload, [1, 2], at);
  const action = new Message(response.bytes(2), [1, 2, 3, 4], at);
  return new Message(action.bytes(1), [1, 2], at).list(2).flatMap((bytes) => {
    const namespace = new Message(bytes, [1, 2, 3], at);
    const set = new Message(namespace.bytes(2), [1, 2, 3, 4], at);
    return set.list(3).map((one) => {
      const write = new Message(one, [1, 2, 3], at);
      return { namespace: namespace.text(1), key: write.text(1), value: decodeText(write.bytes(3), at) };
    });
  });
}

interface WrittenRecord {
  events: JsonValue[];
  [field: string]: JsonValue;
}

function parseRecord(text: string): WrittenRecord | undefined {
  try {
    const value = parseJson(text, LIMITS.envelopeDepth);
    const isRecord =
      typeof value === 'object' && value !== null && !Array.isArray(value) && value['doc_type'] === 'record';
    return isRecord && Array.isArray(value['events']) ? (value as WrittenRecord) : undefined;
  } catch (error) {
    if (error instanceof AuditError) return undefined;
    throw error;
  }
}

function isSame(one: object, other: object): boolean {
  const text = (value: object) => canonicalize(withoutAbsent(value), LIMITS.envelopeDepth + 2);
  return text(one) === text(other);
}

function withoutAbsent(value: object): JsonValue {
  return JSON.parse(JSON.stringify(value)) as JsonValue;
}
